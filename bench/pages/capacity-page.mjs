// Fills the measured figures of docs/operations/capacity.md from docs/measured: node bench/pages/capacity-page.mjs
import { pathToFileURL } from 'node:url';
import {
  benchOfModel,
  measured,
  models,
  placesPerCore,
  recordingsPerCore,
  streamsHeld,
} from './pod-figures.mjs';
import { fillPage, table } from './page.mjs';

const podCores = 2;
/** An example for the formula, not an offer of anybody. */
const exampleDollarsPerCoreHour = 0.04;
/** Share of the cores in use, on average over the day; the simulation of the autoscaler shows how much is spare. */
const exampleShareUsed = 0.5;
const sizes = [1, 2, 10, 100, 1_000];

export function fillMeasured() {
  const gaps = [];
  const or = (name, command, value) => {
    if (value !== undefined) return value;
    gaps.push(`docs/measured/${name}.json, which \`${command}\` writes`);
    return '**not measured yet**';
  };
  const streams = streamsHeld();
  const scaleOut = measured('scale-out');
  const soak = measured('soak');
  const rows = [
    ...models().map((model) => [
      `recordings, \`${model}\`: seconds of audio in a core-second`,
      recordingsPerCore(model).toFixed(1),
      `${model}.json`,
    ]),
    [
      'live streams that were served in time, for each core',
      or('streams', 'npm run bench:streams', streams && String(streams.talkers / streams.cores)),
      'streams.json',
    ],
    [
      'live streams that the service takes, for each core',
      String(placesPerCore()),
      'the source: `MAX_STREAMS`',
    ],
    [
      'core-seconds for a second of a live stream, pauses included',
      or('streams', 'npm run bench:streams', streams && String(streams.cpuSecondsPerAudioSecond)),
      'streams.json',
    ],
    [
      `memory of a service with ${podCores} inference processes under streams, without the spare one (PSS)`,
      or('streams', 'npm run bench:streams', streams && `${streams.proportionalMegabytes} MB`),
      'streams.json',
    ],
    [
      `memory of a service with ${podCores} inference processes and the spare one: idle after the start, and most under uploads and streams (PSS)`,
      or(
        'soak',
        'npm run bench:soak',
        soak && `${soak.idleMegabytes.afterStart} MB, ${soak.highestMegabytes} MB`,
      ),
      'soak.json',
    ],
    ...models().map((model) => [
      `highest memory of ${podCores} inference processes and their owner, \`${model}\` (RSS, shared pages counted more than once)`,
      `${benchOfModel(model).peakMegabytes} MB`,
      'bench.json',
    ]),
    [
      'from the start of a service until it is ready',
      or('scale-out', 'npm run bench:scale', scaleOut && range(scaleOut.startUntilReadyMs, 0, ' ms')),
      'scale-out.json',
    ],
  ];
  fillPage('measured', [table(['what', 'figure', 'from'], rows), '', ...scaleOutText(scaleOut)].join('\n'));
  fillPage('cost', costText(streams));
  fillPage('sizes', sizesText());
  for (const gap of new Set(gaps)) console.error(`capacity: a gap is left for ${gap}`);
}

function scaleOutText(scaleOut) {
  if (scaleOut === undefined)
    return ['Uploads to several services behind HAProxy: **not measured yet** (`npm run bench:scale`).'];
  const { contenders, machine, clips, atOnce, rounds, seconds, date } = scaleOut;
  const rows = contenders.map((one) => [
    one.name,
    range(one.audioSecondsPerSecond, 1),
    range(one.timesFirst, 2),
    range(one.audioSecondsPerCpuSecond, 1),
    `${one.latencyMs.p50.median.toFixed(0)} / ${one.latencyMs.p95.median.toFixed(0)} ms`,
    one.failures,
  ]);
  const head = [
    'uploads to',
    'audio seconds per second',
    '× the first',
    'audio seconds per CPU second of the services',
    'latency p50 / p95',
    'failed',
  ];
  return [
    table(head, rows),
    '',
    `Medians of ${rounds} alternating rounds of ${seconds} s (least–most), ${atOnce} uploads at once, ${clips.count} clips of 3–5 s. ${machine.processor}, ${machine.cores} cores, Node ${machine.node.slice(1)}, ${date.slice(0, 10)}, load average ${machine.loadAverageAtStart} at the start. **All of them, HAProxy and the clients share the same ${machine.cores} cores**: three services can do no more than the cores do, and what is to be read from it is that behind HAProxy nothing is lost and nothing fails, not that more machines would add up.${busyNote(machine)}`,
  ];
}

function busyNote({ loadAverageAtStart, cores }) {
  return loadAverageAtStart <= cores
    ? ''
    : ' The machine was busy with other work when this was measured, so all speeds are too low and the start too slow.';
}

function costText(streams) {
  const perStream = streams === undefined ? 1 / placesPerCore() : streams.cores / streams.talkers;
  /** @type {(readonly [what: string, coreSeconds: number])[]} */
  const costs = [
    ...models().map(
      (model) => /** @type {const} */ ([`recordings, \`${model}\``, 1 / recordingsPerCore(model)]),
    ),
    [
      `live streams, ${streams === undefined ? 'by the places that the service takes' : 'as served in time'}`,
      perStream,
    ],
  ];
  const rows = costs.map(([what, coreSeconds]) => {
    const coreHours = (1_000 * coreSeconds) / exampleShareUsed;
    return [
      what,
      coreSeconds.toFixed(4),
      coreHours.toFixed(1),
      `$ ${(coreHours * exampleDollarsPerCoreHour).toFixed(2)}`,
    ];
  });
  return [
    table(
      [
        '1,000 hours of',
        'c, core-seconds for a second of audio',
        `core-hours with u = ${exampleShareUsed}`,
        `cost with p = $ ${exampleDollarsPerCoreHour}`,
      ],
      rows,
    ),
    '',
    'A live stream pays for its pauses too: its hour is an hour of an open socket, not of speech.',
  ].join('\n');
}

function sizesText() {
  const [model] = models();
  const megabytes = measured('soak')?.highestMegabytes ?? benchOfModel(model).peakMegabytes;
  const rows = sizes.map((pods) => {
    const cores = pods * podCores;
    return [
      pods.toLocaleString('en'),
      cores.toLocaleString('en'),
      (cores * placesPerCore()).toLocaleString('en'),
      Math.round(cores * recordingsPerCore(model)).toLocaleString('en'),
      `${((pods * megabytes) / 1_000).toFixed(1)} GB`,
    ];
  });
  const head = [
    'pods',
    'cores',
    'places for live streams',
    'or hours of recordings in an hour',
    'memory in use',
  ];
  return [
    table(head, rows),
    '',
    `One pod's figures times the pods, with \`${model}\`: what it takes, where nothing between them breaks.`,
  ].join('\n');
}

function range({ median, min, max }, digits, unit = '') {
  return `${median.toFixed(digits)}${unit} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) fillMeasured();
