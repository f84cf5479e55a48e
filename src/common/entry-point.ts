/** Where a thread or a child process starts, and the node options that it needs for that. */
export interface EntryPoint {
  readonly url: URL;
  readonly execArgv: readonly string[];
}

/**
 * Finds the file with which a thread (`new Worker(url, { execArgv })`) or a process (`fork(url, [], { execArgv })`)
 * starts. Compiled, that is the file as named. Under Vitest the source runs, and node starts threads and processes
 * by itself, without Vitest's transformer: they get the .ts file and a loader, so that tests never see a stale build.
 *
 * @param importMetaUrl `import.meta.url` of the caller
 * @param specifier relative to the caller, with the ending of the compiled file: `./worker.js`
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
