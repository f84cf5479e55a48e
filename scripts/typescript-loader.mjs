// Lets a thread or process that node starts itself (Vitest transforms only what it imports) run from the TypeScript
// source: `node --import ./scripts/typescript-loader.mjs entry.ts`. Development only; src/common/entry-point.ts uses it.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

// Node loads this file twice: by --import, and for the hooks on a thread of their own.
const asHooks = '?hooks';
if (!import.meta.url.endsWith(asHooks)) register(import.meta.url + asHooks);

/** `./x.js` is written where the source has `./x.ts`. */
export async function resolve(specifier, context, nextResolve) {
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
    return nextResolve(specifier.replace(/\.js$/, '.ts'), context);
  }
  return nextResolve(specifier, context);
}

/** Vitest's own transformer; the compiler itself takes four times as long to load. */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const text = await readFile(path, 'utf8');
  const source = /^ *@[A-Z]\w*\(/m.test(text) ? await compiled(text, path) : await transformed(text, path);
  return { format: 'module', source, shortCircuit: true };
}

async function transformed(text, path) {
  const { transformWithOxc } = await import('vite');
  const { code, map } = await transformWithOxc(text, path);
  const inlineMap = Buffer.from(JSON.stringify(map)).toString('base64');
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${inlineMap}`;
}

/** For decorators: Vitest's transformer makes them import a package that only Vitest itself resolves. */
async function compiled(text, path) {
  const { default: typescript } = await import('typescript');
  return typescript.transpileModule(text, {
    fileName: path,
    compilerOptions: {
      module: typescript.ModuleKind.ESNext,
      target: typescript.ScriptTarget.ES2023,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      inlineSourceMap: true,
    },
  }).outputText;
}
