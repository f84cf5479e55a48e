import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measuredName } from '../pages/measured-run.mjs';
import { root } from '../../scripts/setup.mjs';
import { picture } from './picture.mjs';
import { streamsTable } from './table.mjs';

/** Prints the table; writes bench/results/ and the source of the table in README.md. */
export function writeReport(result, write) {
  const table = streamsTable(result);
  console.log(table);
  if (!write) return;
  const results = join(root, 'bench', 'results');
  const measured = join(root, 'docs', 'measured');
  mkdirSync(results, { recursive: true });
  mkdirSync(measured, { recursive: true });
  const json = `${JSON.stringify({ streams: result }, undefined, 2)}\n`;
  writeFileSync(join(results, 'streams.json'), json);
  writeFileSync(join(results, 'streams.md'), `# Live streams\n\n${table}\n\n![latencies](streams.svg)\n`);
  writeFileSync(join(results, 'streams.svg'), picture(result));
  writeFileSync(join(measured, `${measuredName('streams', result.machine)}.json`), json);
}
