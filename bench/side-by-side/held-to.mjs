// `npm run bench:held-to`: the figures that this project is held to, in one run of a few minutes on whatever machine this
// is. The exit code is 1 when one is missed. Where the machine is busy with other things, wall-clock time says nothing, and
// processor time is compared instead; the table has both.
import { parseArgs } from 'node:util';
import { setUpWithPeers } from '../shared/set-up.mjs';

const { values } = parseArgs({ options: { manifest: { type: 'string' } } });
await setUpWithPeers();
// Imported only now: these modules need the packages and the build.
const { readClips } = await import('../shared/clips.mjs');
const { findPair } = await import('./contenders.mjs');
const { describeMachine } = await import('../shared/machine.mjs');
const { measureRest } = await import('./rest/measure.mjs');
const { atOnce, measureAtOnce, measureOneThread } = await import('./run.mjs');
const { compared, summary } = await import('../shared/statistics.mjs');

/** Times the reference, on clips of 3 to 5 s. */
const bounds = {
  vnni: { oneThread: 3.0, atOnce: 3.0, rest: 2.0 },
  other: { oneThread: 2.0, atOnce: 2.4, rest: 1.7 },
};
const rounds = 5;
/** Share of the cores; a higher load means that other programs use the machine. */
const quietLoad = 0.3;

const machine = describeMachine();
const hasVnni = machine.flags.some((flag) => flag.includes('vnni'));
const bound = hasVnni ? bounds.vnni : bounds.other;
const isQuiet = machine.loadAverageAtStart <= quietLoad * machine.cores;
const workers = Math.max(1, Math.floor(machine.cores));
const { clips } = readClips(values.manifest, 8);
const pair = await findPair();
const [reference, own] = pair;

const oneThread = await measureOneThread(pair, clips, rounds, 6);
const busy = await measureAtOnce(pair, clips, rounds, workers);
const rest = await measureRest({ reference, clips, rounds, seconds: 5, atOnce, workers });
const ratio = (figures) => summary(compared(figures.get(own.id), figures.get(reference.id))).median;

const figures = [
  { what: 'one thread', byCpu: ratio(oneThread.audioPerCpuSecond), bound: bound.oneThread },
  {
    what: `${atOnce} at once`,
    byCpu: ratio(busy.audioPerCpuSecond),
    byWall: ratio(busy.audioPerSecond),
    bound: bound.atOnce,
  },
  {
    what: 'over REST, with the client',
    byCpu: rest.timesReferenceByCpu.median,
    byWall: rest.timesReference.median,
    bound: bound.rest,
  },
].map((figure) => ({
  ...figure,
  counted: isQuiet && figure.byWall !== undefined ? figure.byWall : figure.byCpu,
}));

const shown = (value) => (value === undefined ? '–' : value.toFixed(2));
console.log(
  [
    `| × ${reference.name} ${reference.version} | by wall-clock time | by processor time | at least | |`,
    '| --- | --- | --- | --- | --- |',
    ...figures.map(
      ({ what, byWall, byCpu, counted, bound: least }) =>
        `| ${what} | ${shown(byWall)} | ${shown(byCpu)} | ${least.toFixed(1)} | ${counted >= least ? 'held' : 'MISSED'} |`,
    ),
    '',
    `${machine.processor}, ${machine.cores} cores, ${hasVnni ? 'with' : 'without'} VNNI, ${own.graphs}, Node ${machine.node.slice(1)}; ` +
      `load average ${machine.loadAverageAtStart} at the start: ${isQuiet ? 'wall-clock time counts' : 'the machine is busy, processor time counts'}.`,
    `CPU ms for each second of audio over REST: ${Object.entries(rest.cpuMsPerAudioSecond)
      .map(([kind, { median }]) => `${kind} ${median.toFixed(2)}`)
      .join(', ')}.`,
  ].join('\n'),
);
if (rest.failures > 0) console.error(`${rest.failures} uploads failed`);
if (rest.failures > 0 || figures.some(({ counted, bound: least }) => counted < least)) process.exitCode = 1;
