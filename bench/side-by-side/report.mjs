import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measuredName } from '../pages/measured-run.mjs';
import { root } from '../../scripts/setup.mjs';
import { picture } from './picture.mjs';
import { benchTable } from './table.mjs';

/** Writes bench/results/ and the source of the table in README.md. */
export function writeReport(result) {
  const results = join(root, 'bench', 'results');
  const measured = join(root, 'docs', 'measured');
  mkdirSync(results, { recursive: true });
  mkdirSync(measured, { recursive: true });
  const json = `${JSON.stringify({ bench: result }, undefined, 2)}\n`;
  const table = benchTable(result);
  writeFileSync(join(results, 'bench.json'), json);
  writeFileSync(join(results, 'bench.md'), `# Side by side\n\n${table}\n\n![speeds](bench.svg)\n`);
  writeFileSync(join(results, 'bench.svg'), picture(result));
  writeFileSync(join(measured, `${measuredName('bench', result.machine)}.json`), json);
  console.log(table);
}
