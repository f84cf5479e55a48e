import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import ts from 'typescript';

export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Each file of the repository's own code with what it imports of them: types and dynamic imports as well. */
export function importGraph(): ImportGraph {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' }).split(
    '\n',
  );
  const sources = new Set(listed.filter((path) => /\.(ts|mjs)$/.test(path) && existsSync(path)));
  return new Map([...sources].map((path) => [path, importedBy(path, readFileSync(path, 'utf8'), sources)]));
}

function importedBy(path: string, source: string, sources: ReadonlySet<string>): readonly string[] {
  const specifiers = ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
  return specifiers
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => join(dirname(path), specifier))
    .map((target) => (sources.has(target) ? target : target.replace(/\.js$/, '.ts')))
    .filter((target) => sources.has(target));
}

/** Sets of files that import one another, directly or not (strongly connected components of several files). */
export function circlesIn(graph: ImportGraph): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];

  const visit = (file: string): number => {
    const own = order.size;
    order.set(file, own);
    lowest.set(file, own);
    open.push(file);
    for (const target of graph.get(file) ?? []) {
      const reached = order.has(target) ? (open.includes(target) ? order.get(target)! : own) : visit(target);
      lowest.set(file, Math.min(lowest.get(file)!, reached));
    }
    if (lowest.get(file) === own) {
      const component = open.splice(open.indexOf(file));
      if (component.length > 1) circles.push(component.sort());
    }
    return lowest.get(file)!;
  };

  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return circles;
}
