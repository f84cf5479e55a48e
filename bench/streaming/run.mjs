import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { currentCommit, describeMachine } from '../shared/machine.mjs';
import { startContenders, workers } from './contenders.mjs';
import { readSpokenClips } from './corpus.mjs';
import { figuresOf } from './figures.mjs';
import { now } from './listen-client.mjs';
import { postClips } from './post-clips.mjs';
import { writeReport } from './report.mjs';
import { misses, summaryLine } from './table.mjs';
import { TalkerProcesses } from './talker-processes.mjs';
import { wordErrorRateOfPosted } from './word-errors.mjs';

const query = { encoding: 'linear16', sample_rate: '16000', interim_results: 'true' };
/** Counts of talkers that a contender may miss in a row; then it is measured no further. */
const missesAtMost = 2;
const memoryIntervalMs = 5_000;

/**
 * Measures all contenders in one run: for each count of talkers one after the other, each alone on the machine.
 * @param {ReturnType<typeof import('./options.mjs').readOptions>} options
 */
export async function run(options) {
  const { source, clips } = await readSpokenClips(options.corpus);
  const machine = describeMachine();
  const talkers = await TalkerProcesses.start(clips);
  const started = await startContenders({ ...options, most: Math.max(...options.talkers) });
  const contenders = started.map((contender) => ({ ...contender, runs: [] }));
  const graphs = (await Promise.all(contenders.map(({ service }) => service.graphs()))).flatMap(
    (one) => one ?? [],
  );
  try {
    for (const count of options.talkers) {
      for (const { name, partials, service, runs } of contenders) {
        if (!options.all && isHopeless(runs)) continue;
        console.error(`bench: ${count} talkers, ${name}, partials ${partials}`);
        const measured = await measure(talkers, service, count, options, clips);
        console.error(`       ${summaryLine(measured)}`);
        runs.push(measured);
      }
    }
    await compareWithPosted(contenders, clips);
  } finally {
    talkers.close();
    await Promise.all(contenders.map(({ service }) => service.stop()));
  }
  const result = {
    date: new Date().toISOString(),
    commit: currentCommit(),
    machine,
    graphs,
    clips: { source, count: clips.length },
    seconds: options.seconds,
    workers,
    endpointingMs: options.endpointing,
    contenders: contenders.map(({ name, model, partials, isReference, runs }) => ({
      ...{ name, model, partials, isReference },
      runs: runs.map(({ clipsCompared: _, ...figures }) => figures),
    })),
  };
  writeReport(result, options.write);
}

function isHopeless(runs) {
  return runs.length >= missesAtMost && runs.slice(-missesAtMost).every(misses);
}

async function measure(talkers, service, count, { seconds, seed, endpointing }, clips) {
  // The same seed for all contenders: the same words at the same times.
  const { recordings, countsFrom, countsTo } = talkers.talk({
    ...{ url: service.url, query: { ...query, endpointing: String(endpointing) }, count, seconds },
    seed: seed * 1000 + count,
  });
  const watched = watch(service, countsFrom, countsTo, count);
  // Both are awaited, so that neither fails unseen.
  const [heard, use] = await Promise.all([recordings, watched]);
  const texts = clips.map(({ text }) => text);
  return { ...figuresOf(heard, { endpointingMs: endpointing, countsFrom, countsTo, texts }), ...use };
}

/** What the service uses while the clips that count are played. */
async function watch(service, countsFrom, countsTo, count) {
  await delay(countsFrom - now());
  if (!service.isOnThisMachine) return {};
  await service.eventLoopDelayMs();
  const cpuBefore = service.cpuSeconds();
  const since = now();
  const memory = [];
  while (countsTo - now() > memoryIntervalMs) {
    await delay(memoryIntervalMs);
    memory.push(service.memory());
  }
  await delay(Math.max(0, countsTo - now()));
  const cpuSeconds = service.cpuSeconds() - cpuBefore;
  const wallSeconds = (now() - since) / 1000;
  memory.push(service.memory());
  const most = (key) => Math.round(Math.max(...memory.map((sample) => sample[key])) / 1e6);
  return {
    // Silence between clips is audio too.
    cpuSecondsPerAudioSecond: Number((cpuSeconds / (wallSeconds * count)).toFixed(4)),
    coresUsed: Number((cpuSeconds / wallSeconds).toFixed(2)),
    proportionalMegabytes: most('proportionalBytes'),
    residentMegabytes: most('residentBytes'),
    eventLoopDelayP99Ms: (await service.eventLoopDelayMs()) ?? null,
    loadAverage: Number(loadavg()[0].toFixed(1)),
  };
}

/** Posts the clips that count, after all talkers have ended. */
async function compareWithPosted(contenders, clips) {
  for (const { name, isReference, service, runs } of contenders) {
    if (isReference) continue;
    console.error(`bench: posting the clips to ${name}`);
    const texts = clips.map(({ text }) => text);
    for (const measured of runs) {
      const posted = await postClips(service.url, clips, measured.clipsCompared);
      measured.wordErrorRatePosted = wordErrorRateOfPosted(posted, texts);
    }
  }
}
