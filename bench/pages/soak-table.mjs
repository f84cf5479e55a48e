// Fills a table of docs/operations/reliability.md from docs/measured/soak.json: node bench/pages/soak-table.mjs
import { pathToFileURL } from 'node:url';
import { processorKind } from './measured-run.mjs';
import { fillPage, table } from './page.mjs';
import { measured } from './pod-figures.mjs';

export function fillSoak() {
  const run = measured('soak');
  if (run === undefined) return;
  const { growthMegabytesPerThousand: growth, idleMegabytes, handles, left, counts, machine, date } = run;
  const [low, high] = growth.interval;
  const all = (what) =>
    Object.entries(handles)
      .filter(([name]) => name.endsWith(what))
      .reduce((sum, [, count]) => sum + count, 0);
  const rows = [
    [
      'growth of memory per 1,000 utterances',
      `${growth.slope} MB (${low} to ${high}); at most ${growth.atMost} MB`,
    ],
    [
      'memory while idle',
      `${idleMegabytes.afterStart} MB after the start, ${idleMegabytes.afterWarmUp} MB after the warm-up, ${idleMegabytes.atEnd} MB at the end`,
    ],
    ['highest memory', `${run.highestMegabytes} MB`],
    [
      'processes, threads, descriptors, sockets, temporary files',
      `${['processes', 'threads', 'descriptors', 'sockets', 'temporary files'].map(all).join(', ')}; ${left.length === 0 ? 'none more at the end' : left.join('; ')}`,
    ],
    ...Object.entries(counts).map(([name, { sent, unexpected }]) => [
      name,
      `${sent.toLocaleString('en')}, ${Object.keys(unexpected).length === 0 ? 'all as expected' : JSON.stringify(unexpected)}`,
    ]),
  ];
  const text = [
    table(['what', 'figure'], rows),
    '',
    `${run.utterances.toLocaleString('en')} utterances in ${run.minutes} minutes; the first ${run.warmUpUtterances.toLocaleString('en')} are the warm-up. Memory is PSS of all processes; growth is that without the pages of files, whose share depends on what else runs, with the 95 % interval. ${machine.processor}${processorKind(machine)}, ${machine.cores} cores, Node ${machine.node.slice(1)}, ${date.slice(0, 10)}, load average ${machine.loadAverageAtStart} at the start.`,
  ].join('\n');
  fillPage('soak', text, 'docs/operations/reliability.md');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) fillSoak();
