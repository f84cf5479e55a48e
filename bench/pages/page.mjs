import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup.mjs';

const capacityPage = 'docs/operations/capacity.md';

/** Replaces the text between two marks of a page. @throws Error where they are not there */
export function fillPage(name, text, pageName = capacityPage) {
  const page = join(root, pageName);
  const begin = new RegExp(`<!-- ${name}:begin [^>]*-->`).exec(readFileSync(page, 'utf8'))?.[0];
  const end = `<!-- ${name}:end -->`;
  const before = readFileSync(page, 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (begin === undefined || to < from) throw new Error(`${page} has no marks of ${name}`);
  writeFileSync(
    page,
    `${before.slice(0, from + begin.length)}\n<!-- prettier-ignore-start -->\n\n${text}\n\n<!-- prettier-ignore-end -->\n${before.slice(to)}`,
  );
}

export function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
