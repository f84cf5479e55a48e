// Fills a table of docs/operations/capacity.md from docs/measured/beside.json: node bench/pages/beside-table.mjs
import { pathToFileURL } from 'node:url';
import { processorKind } from './measured-run.mjs';
import { fillPage, table } from './page.mjs';
import { measured } from './pod-figures.mjs';

export function fillBeside() {
  const run = measured('beside');
  if (run === undefined) return;
  const { besides, machine, model, rounds, queries, date } = run;
  const rows = besides.map(({ name, idleMs, besideMs, times }) => [
    name,
    milliseconds(idleMs),
    milliseconds(besideMs),
    `${times.p50.median.toFixed(1)} × / ${times.p95.median.toFixed(1)} × (${times.p95.min.toFixed(1)}–${times.p95.max.toFixed(1)})`,
  ]);
  const text = [
    table(['next to', 'idle, median / p95', 'loaded, median / p95', 'times'], rows),
    '',
    `Medians of ${rounds} alternating rounds of ${queries} clips (least–most), \`${model}\`. ${machine.processor}${processorKind(machine)}, ${machine.cores} cores, Node ${machine.node.slice(1)}, ${date.slice(0, 10)}, load average ${machine.loadAverageAtStart} at the start. Clients and service share the cores.`,
  ].join('\n');
  fillPage('beside', text);
}

function milliseconds({ p50, p95 }) {
  return `${p50.median.toFixed(0)} / ${p95.median.toFixed(0)} ms`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) fillBeside();
