export type Fields = Readonly<Record<string, unknown>>;

/** A name that cannot lead out of its folder: no separator, and no dot at its beginning. */
export const plainName = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The problems of the `otherwise` of a manifest, a clause each: a second source, or none. */
export function secondSourceProblems(otherwise: unknown): string[] {
  if (otherwise === undefined) return [];
  return sourceProblems(otherwise).map((problem) => problem.replace(/^source\b/, 'otherwise'));
}

/** The problems of the `source` of a manifest, a clause each: an npm package, a folder, an https address or wheels. */
export function sourceProblems(source: unknown): string[] {
  const kinds = 'source must have package, version and folder; or folder alone; or url alone; or pypi alone';
  if (!isFields(source)) return [kinds];
  const fields = Object.keys(source).sort().join();
  if (fields === 'url') return addressSourceProblems(source.url);
  if (fields === 'folder') return folderSourceProblems(source.folder);
  if (fields === 'pypi') return wheelSourceProblems(source.pypi);
  return 'package' in source && !('url' in source) && !('pypi' in source)
    ? packageSourceProblems(source)
    : [kinds];
}

/** The problem of an address for a download. It may have a query, and no password. */
export function addressProblem(address: unknown): string | undefined {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'https:') return 'must be an https address';
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or a password';
  return url.hash === '' ? undefined : 'must not contain a #';
}

function addressSourceProblems(address: unknown): string[] {
  const problem = addressProblem(address);
  if (problem !== undefined) return [`source.url ${problem}`];
  const { pathname, search } = new URL(address as string);
  return pathname.endsWith('/') && search === '' ? [] : ['source.url must end with a slash'];
}

function folderSourceProblems(folder: unknown): string[] {
  const isFolder = typeof folder === 'string' && folder !== '' && !folder.includes('\0');
  return isFolder ? [] : ['source.folder must be the path of a folder'];
}

function packageSourceProblems(source: Fields): string[] {
  const problems: string[] = [];
  if (
    typeof source.package !== 'string' ||
    !/^(@[a-z0-9._-]+\/)?[a-z0-9][a-z0-9._-]*$/.test(source.package)
  ) {
    problems.push('source.package must be the name of an npm package');
  }
  if (typeof source.version !== 'string' || !/^\d+\.\d+\.\d+[A-Za-z0-9.+-]*$/.test(source.version)) {
    problems.push('source.version must be one exact version');
  }
  if (!isPlainPath(source.folder)) problems.push('source.folder must be a plain relative path');
  return problems;
}

/** Neither a name nor a version can be read as an option, an address or a range by pip. */
const pythonPackage = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const pythonVersion = /^[0-9][A-Za-z0-9.!+_-]*$/;

function wheelSourceProblems(packages: unknown): string[] {
  if (!isFields(packages) || Object.keys(packages).length === 0)
    return ['source.pypi must have an exact version for each name of a package'];
  const problems: string[] = [];
  for (const [name, version] of Object.entries(packages)) {
    if (!pythonPackage.test(name)) problems.push(`source.pypi has ${name}, which cannot be a package's name`);
    if (typeof version !== 'string' || !pythonVersion.test(version))
      problems.push(`source.pypi.${name} must be one exact version`);
  }
  return problems;
}

/** The problems of the `parts` of a file, a clause each. They go with a source of wheels, and only with it. */
export function partProblems({ parts, bytes }: Fields, source: unknown): string[] {
  if (!isFields(source) || !isFields(source.pypi))
    return parts === undefined ? [] : ['goes with a source that has pypi'];
  if (!Array.isArray(parts) || parts.length === 0) return ['must be a list of package, path and bytes'];
  const packages = source.pypi;
  let totalBytes = 0;
  for (const part of parts as unknown[]) {
    if (!isFields(part) || typeof part.path !== 'string' || part.path === '')
      return ['must each have package, path and bytes'];
    if (typeof part.package !== 'string' || !Object.hasOwn(packages, part.package))
      return ['must each name a package of source.pypi'];
    if (!Number.isSafeInteger(part.bytes) || Number(part.bytes) < 1)
      return ['must each have bytes, a whole number from 1'];
    totalBytes += Number(part.bytes);
  }
  return totalBytes === bytes ? [] : [`have ${totalBytes} bytes together, and the file has others`];
}

function isPlainPath(value: unknown): boolean {
  return typeof value === 'string' && value.split('/').every((part) => plainName.test(part));
}
