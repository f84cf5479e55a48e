/** The file with which a thread or a child process starts, and the options of node that it needs. */
export interface EntryPoint {
  readonly url: URL;
  readonly execArgv: readonly string[];
}

/**
 * Resolves the file with which a thread (`new Worker(url, { execArgv })`) or a process (`fork(url, [], { execArgv })`)
 * starts. In a build this is the named file. From source it is the .ts file with a loader, because node starts threads
 * and processes without the transformer of Vitest; tests never run a stale build.
 *
 * @param importMetaUrl `import.meta.url` of the caller
 * @param specifier relative to the caller, with the extension of the compiled file: `./worker.js`
 */
export function resolveEntryPoint(importMetaUrl: string, specifier: string): EntryPoint {
  const compiled = new URL(specifier, importMetaUrl);
  if (!new URL(importMetaUrl).pathname.endsWith('.ts')) return { url: compiled, execArgv: [] };
  const loader = new URL('../../scripts/typescript-loader.mjs', import.meta.url);
  return {
    url: new URL(specifier.replace(/\.js$/, '.ts'), importMetaUrl),
    execArgv: ['--import', loader.href],
  };
}
