// Fills a table of docs/operations/capacity.md from docs/measured/overload.json: node bench/pages/overload-table.mjs
import { pathToFileURL } from 'node:url';
import { processorKind } from './measured-run.mjs';
import { fillPage, table } from './page.mjs';
import { measured } from './pod-figures.mjs';

export function fillOverload() {
  const run = measured('overload');
  if (run === undefined) return;
  const {
    quiet,
    uploadsAlone,
    capacity,
    overload,
    afterwards,
    bounds,
    machine,
    model,
    minutes,
    times,
    date,
  } = run;
  const [soon, later] = afterwards.memory;
  const columns = [uploadsAlone, capacity, overload];
  const rows = [
    [
      'uploads sent / served in a second',
      ...columns.map(({ uploads }) => `${uploads.sentPerSecond} / ${uploads.acceptedPerSecond}`),
    ],
    ['accepted uploads, median / p95', ...columns.map(({ uploads }) => both(uploads.acceptedMs))],
    ['refused uploads', ...columns.map(({ uploads }) => refusals(uploads.refused))],
    ['until the refusal, median / p95', ...columns.map(({ uploads }) => both(uploads.refusedMs))],
    [
      'live streams: served whole / lost',
      ...columns.map(({ sockets }) => `${sockets.finished} / ${sockets.lost}`),
    ],
    ['refused handshakes', ...columns.map(({ sockets }) => refusals(sockets.refused))],
    [
      'refusals without `Retry-After`',
      ...columns.map(({ uploads, sockets }) => uploads.withoutRetryAfter + sockets.withoutRetryAfter),
    ],
    ['health, median / p95', ...columns.map(({ healthMs }) => both(healthMs))],
    ['highest memory (PSS)', ...columns.map(({ highestMemory }) => `${highestMemory.megabytes} MB`)],
  ];
  const text = [
    table(
      ['', 'uploads at capacity', 'uploads and streams at capacity', `${times} × both, ${minutes} min`],
      rows,
    ),
    '',
    `Quiet: health ${both(quiet.healthMs)}, ${quiet.memory.megabytes} MB. Afterwards: health ${both(afterwards.healthMs)}, ${soon.megabytes} MB after ${soon.seconds} s and ${later.megabytes} MB after ${later.seconds} s.`,
    '',
    table(
      ['bound', 'found', 'at most', ''],
      bounds.map(({ name, found, limit, held }) => [name, found, limit, held ? 'held' : '**not held**']),
    ),
    '',
    `\`MAX_WAIT_MS=${run.maxWaitMs}\`, \`${model}\`, clips of 3–5 s. ${machine.processor}${processorKind(machine)}, ${machine.cores} cores, Node ${machine.node.slice(1)}, ${date.slice(0, 10)}, load average ${machine.loadAverageAtStart} at the start. The clients share the cores with the service, at a lower priority: they would have sent ${Math.round(run.offeredPerSecond)} uploads in a second on a machine of their own.`,
  ].join('\n');
  fillPage('overload', text);
}

/** @param {{ p50: number, p95: number } | undefined} times */
function both(times) {
  return times === undefined ? '–' : `${times.p50.toFixed(0)} / ${times.p95.toFixed(0)} ms`;
}

function refusals(refused) {
  const each = Object.entries(refused).map(([code, count]) => `${count} × ${code}`);
  return each.length === 0 ? '0' : each.join(', ');
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) fillOverload();
