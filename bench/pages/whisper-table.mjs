// Fills the table of docs/operations/whisper.md from docs/measured/whisper.json: node bench/pages/whisper-table.mjs
import { pathToFileURL } from 'node:url';
import { processorKind } from './measured-run.mjs';
import { fillPage, table } from './page.mjs';
import { measured } from './pod-figures.mjs';

export function fillWhisper() {
  const run = measured('whisper');
  if (run === undefined) return;
  const { oneThread, long = [], overRest, query, start, machine, peer, model, rounds, date, commit } = run;
  const rows = [];
  if (oneThread) {
    const { hearken, fasterWhisper } = oneThread.audioSecondsPerCpuSecond;
    rows.push([
      'clips of 3–5 s, one thread: audio s per CPU s',
      ...[ranged(hearken), ranged(fasterWhisper), ranged(oneThread.timesFasterWhisper, 2)],
    ]);
  }
  if (overRest) {
    const { audioSecondsPerSecond: speeds, audioSecondsPerCpuSecond: economies } = overRest;
    rows.push(
      [
        'the service over REST, 8 clients at once, against a process for each core: audio s per second',
        ...[ranged(speeds.hearken), ranged(speeds.fasterWhisper), ranged(overRest.timesFasterWhisper, 2)],
      ],
      [
        'the same, audio s per CPU s',
        ...[
          ranged(economies.hearken),
          ranged(economies.fasterWhisper),
          ranged(overRest.timesFasterWhisperByCpu, 2),
        ],
      ],
    );
  }
  for (const { name, seconds, figures, timesFasterByCpu, timesFasterByWall } of long) {
    const { hearken, ...peers } = figures;
    const best = (key) =>
      Object.values(peers)
        .map((each) => each[key])
        .reduce((a, b) => (b.median > a.median ? b : a));
    const about = `a recording of ${Math.round(seconds)} s (${name}) over REST`;
    const [cpu, wall] = ['audioSecondsPerCpuSecond', 'audioSecondsPerSecond'];
    rows.push(
      [`${about}: audio s per CPU s`, ranged(hearken[cpu]), ranged(best(cpu)), ranged(timesFasterByCpu, 2)],
      [
        'the same, audio s per second',
        ranged(hearken[wall]),
        ranged(best(wall)),
        ranged(timesFasterByWall, 2),
      ],
      [
        'the same, word error rate; of faster-whisper sequential / batched',
        percent(hearken.wordErrorRate),
        `${percent(peers['vad, 1'].wordErrorRate)} / ${percent(peers['batched, 1'].wordErrorRate)}`,
        '',
      ],
    );
  }
  if (query)
    rows.push(['one query of about 4 s over REST: p50 / p95', `${query.p50Ms} / ${query.p95Ms} ms`, '', '']);
  if (start) {
    rows.push(
      ['start until ready, warm', `${(start.readyMs.median / 1_000).toFixed(2)} s`, '', ''],
      [
        'highest memory of a process that decodes',
        `${start.memory.workerPeakMegabytes} MB`,
        oneThread ? `${oneThread.peerPeakMegabytes} MB` : '',
        '',
      ],
    );
  }
  const text = [
    table([`\`${model}\``, 'Hearken', `faster-whisper ${peer.version}`, 'ratio'], rows),
    '',
    `Medians of ${rounds} alternating rounds (least–most); ratios are taken round by round. English is given. faster-whisper: int8, beam 1, CTranslate2 ${peer.cTranslate2}; for the long recordings the faster of four runs, sequential with its voice activity detector and batched by 8, each with one thread and with one for each core. ${machine.processor}${processorKind(machine)}, ${machine.cores} cores, Node ${machine.node.slice(1)}, ${date.slice(0, 10)}, commit ${commit}, load average ${machine.loadAverageAtStart} at the start.`,
  ].join('\n');
  fillPage('whisper', text, 'docs/operations/whisper.md');
}

function ranged({ median, min, max }, digits = 1) {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

function percent(rate) {
  return `${(100 * rate).toFixed(1)} %`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) fillWhisper();
