import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const documents = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'];
/** Names that stand for any: `x.spec.ts` beside `x.ts`. */
const isExample = (name: string): boolean => /^x\./.test(name);

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(path));
/** Every file and every folder with a file in it, with a slash before it. */
const places = new Set(
  files.flatMap((path) => {
    const parts = path.split('/');
    return parts.map((_, at) => `/${parts.slice(0, at + 1).join('/')}`);
  }),
);

/** Code spans that are a path or a file's name, and the targets of links within the repository. */
function pathsIn(markdown: string): readonly string[] {
  const spans = [...markdown.matchAll(/`([^`\s]+)`/g)].map(([, span]) => span!);
  const named = spans.filter(
    (span) =>
      /^[\w.][\w.<>-]*(\/[\w.<>-]+)+\/?$|^[\w.-]+\/$/.test(span) ||
      /^[\w.-]+\.(ts|mjs|js|md|json|ya?ml|sh)$/.test(span),
  );
  const links = [...markdown.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target!);
  return [...new Set([...named, ...links])].filter((name) => !isExample(name));
}

/** Whether a file or folder is called so, from the root of the repository or from any folder; `<id>` is any name. */
function isThere(name: string): boolean {
  const pattern = name.replace(/\/$/, '').replace(/[.]/g, '\\.').replace(/<\w+>/g, '[^/]+');
  const ending = new RegExp(`/${pattern}$`);
  return [...places].some((place) => ending.test(place));
}

describe.each(documents)('%s', (document) => {
  const named = pathsIn(readFileSync(document, 'utf8'));

  it('names files and folders that exist', () => {
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !isThere(name))).toEqual([]);
  });
});
