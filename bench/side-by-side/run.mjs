import { parseArgs } from 'node:util';
import { availableCores } from '../../dist/inference/cpu-quota.js';
import { readClips } from '../shared/clips.mjs';
import { findContenders, reference } from './contenders.mjs';
import { EngineHost } from './engine-host.mjs';
import { currentCommit, describeMachine } from '../shared/machine.mjs';
import { writeReport } from './report.mjs';
import { compared, summary } from '../shared/statistics.mjs';

export const atOnce = 8;

/** Measures all contenders in one run. Each round goes through all of them, so that other load on the machine hits all. */
export async function run(args) {
  const { values: options } = parseArgs({
    args,
    options: {
      manifest: { type: 'string' },
      clips: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '5' },
      starts: { type: 'string', default: '3' },
    },
  });
  const machine = describeMachine();
  const { source, clips } = readClips(options.manifest, Number(options.clips));
  const contenders = await findContenders();
  const rounds = Number(options.rounds);
  const workers = Math.max(1, Math.floor(availableCores()));

  const oneThread = await measureOneThread(contenders, clips, rounds);
  const busy = await measureAtOnce(contenders, clips, rounds, workers);
  const starts = await measureStarts(contenders, clips, Number(options.starts));

  const bestPeer = (values) =>
    contenders
      .filter(({ isPeer }) => isPeer)
      .map(({ id }) => values.get(id))
      .reduce((best, peer) => (summary(peer).median > summary(best).median ? peer : best));
  const speeds = oneThread.audioPerCpuSecond;
  const referenceSpeeds = speeds.get(contenders.find(({ name }) => name === reference).id);
  writeReport({
    date: new Date().toISOString(),
    commit: currentCommit(),
    machine,
    clips: { source, count: clips.length, seconds: secondsOf(clips) },
    rounds,
    atOnce,
    workers,
    reference,
    engines: contenders.map(({ id, name, version, model, graphs, isPeer }) => ({
      name,
      version,
      model,
      graphs,
      isPeer,
      audioSecondsPerCpuSecond: summary(speeds.get(id)),
      timesReference: summary(compared(speeds.get(id), referenceSpeeds)),
      audioSecondsPerSecondAtOnce: summary(busy.audioPerSecond.get(id)),
      timesBestPeerAtOnce: summary(compared(busy.audioPerSecond.get(id), bestPeer(busy.audioPerSecond))),
      startMs: summary(starts.startMs.get(id)),
      sessionsMs: summary(starts.sessionsMs.get(id)),
      peakMegabytes: Math.round(busy.peakBytes.get(id) / 1e6),
      sameTextAsReference: oneThread.texts
        .get(id)
        .filter((text, at) => words(text) === words(oneThread.texts.get(contenders[0].id)[at])).length,
    })),
  });
}

/**
 * One clip after the other, one thread: seconds of audio for each second of processor time, of all its processes.
 * @param {number} passes times that the clips are gone through in a round: processor time is counted in hundredths of a second
 */
export async function measureOneThread(contenders, clips, rounds, passes = 2) {
  const hosts = await openAll(contenders, clips, () => 1, 1);
  const audioPerCpuSecond = new Map(contenders.map(({ id }) => [id, []]));
  const texts = new Map();
  for (const { id } of contenders) texts.set(id, await transcribeInTurn(hosts.get(id)[0], clips));
  for (const contender of inTurns(contenders, rounds, 'one thread')) {
    const [host] = hosts.get(contender.id);
    const before = host.cpuSeconds();
    for (let pass = 0; pass < passes; pass++) await transcribeInTurn(host, clips);
    audioPerCpuSecond.get(contender.id).push((passes * secondsOf(clips)) / (host.cpuSeconds() - before));
  }
  await closeAll(hosts);
  return { audioPerCpuSecond, texts };
}

/**
 * Eight clips at once on all cores. Hearken has a scheduler and takes them as they come; a peer gets as many processes as
 * there are cores, each with one thread, and a queue before them: the best way to use it.
 */
export async function measureAtOnce(contenders, clips, rounds, workers) {
  const schedulesItself = ({ setup }) => setup.module.endsWith('hearken.mjs');
  const processes = (contender) => (schedulesItself(contender) ? 1 : workers);
  const hosts = await openAll(contenders, clips, processes, workers);
  const indices = Array.from({ length: atOnce }, (_, at) => at % clips.length);
  const audioSeconds = secondsOf(indices.map((index) => clips[index]));
  const transcribeAll = (contender) => {
    const own = hosts.get(contender.id);
    if (!schedulesItself(contender)) return dealOut(own, indices);
    return Promise.all(indices.map((index) => own[0].ask('transcribe', index)));
  };
  const audioPerSecond = new Map(contenders.map(({ id }) => [id, []]));
  const audioPerCpuSecond = new Map(contenders.map(({ id }) => [id, []]));
  const cpuSeconds = ({ id }) => hosts.get(id).reduce((total, host) => total + host.cpuSeconds(), 0);
  for (const contender of contenders) await transcribeAll(contender);
  for (const contender of inTurns(contenders, rounds, `${atOnce} at once`)) {
    const started = performance.now();
    const before = cpuSeconds(contender);
    await transcribeAll(contender);
    audioPerCpuSecond.get(contender.id).push(audioSeconds / (cpuSeconds(contender) - before));
    audioPerSecond.get(contender.id).push((audioSeconds * 1000) / (performance.now() - started));
  }
  const peakBytes = new Map();
  for (const [id, own] of hosts)
    peakBytes.set(
      id,
      own.reduce((total, host) => total + host.peakBytes(), 0),
    );
  await closeAll(hosts);
  return { audioPerSecond, audioPerCpuSecond, peakBytes };
}

/** From the start of the process until the first clip could be sent; and the creation of the sessions alone. */
async function measureStarts(contenders, clips, rounds) {
  const startMs = new Map(contenders.map(({ id }) => [id, []]));
  const sessionsMs = new Map(contenders.map(({ id }) => [id, []]));
  for (const { id, setup } of inTurns(contenders, rounds, 'start')) {
    const started = performance.now();
    const host = new EngineHost();
    await host.ask('open', { ...setup, workers: 1, clips });
    startMs.get(id).push(performance.now() - started);
    await host.close();
    const fresh = new EngineHost();
    sessionsMs.get(id).push(await fresh.ask('sessions', setup));
    await fresh.close();
  }
  return { startMs, sessionsMs };
}

async function openAll(contenders, clips, processes, workers) {
  const hosts = new Map();
  for (const contender of contenders) {
    const own = Array.from({ length: processes(contender) }, () => new EngineHost());
    await Promise.all(own.map((host) => host.ask('open', { ...contender.setup, workers, clips })));
    hosts.set(contender.id, own);
  }
  return hosts;
}

async function closeAll(hosts) {
  await Promise.all([...hosts.values()].flat().map((host) => host.close()));
}

async function transcribeInTurn(host, clips) {
  const texts = [];
  for (const index of clips.keys()) texts.push(await host.ask('transcribe', index));
  return texts;
}

async function dealOut(hosts, indices) {
  const waiting = [...indices];
  await Promise.all(
    hosts.map(async (host) => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
        await host.ask('transcribe', index);
      }
    }),
  );
}

/** All contenders once in each round; every round begins with another one. */
function* inTurns(contenders, rounds, what) {
  for (let round = 0; round < rounds; round++) {
    console.error(`bench: ${what}, round ${round + 1} of ${rounds}`);
    for (const at of contenders.keys()) yield contenders[(round + at) % contenders.length];
  }
}

function words(text) {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9' ]/g, ' ')
    .split(/\s+/)
    .filter(Boolean)
    .join(' ');
}

function secondsOf(clips) {
  return clips.reduce((samples, clip) => samples + clip.length, 0) / 16_000;
}
