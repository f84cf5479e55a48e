import { fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { countWordErrors, errorCount, wordsOf } from '../../dist/evaluation/word-error-rate.js';
import { percentile } from '../../dist/evaluation/evaluation-summary.js';
import { EngineHost } from '../side-by-side/engine-host.mjs';
import { cpuSecondsOf, peakBytesOf, processTree, sum } from '../shared/process-tree.mjs';
import { Service } from '../shared/service.mjs';
import { compared, summary } from '../shared/statistics.mjs';
import { wavOf } from '../shared/wav.mjs';
import { FasterWhisper } from './faster-whisper.mjs';

/**
 * @typedef {object} Setting
 * @property {string} peerModel folder with the weights in the form of CTranslate2
 * @property {Float32Array[]} clips of 3 to 5 s
 * @property {string[]} clipFiles the same as WAV
 * @property {number} rounds
 */

const secondsOf = (clips) => sum(clips.map(({ length }) => length)) / 16_000;

/**
 * Clips one after the other with one thread, audio seconds in a second of processor time. Hearken's is that of its
 * scheduler and its worker together.
 * @param {Setting} setting @param {object} engineSetup of side-by-side/engines/hearken.mjs
 */
export async function measureOneThread({ peerModel, clips, clipFiles, rounds }, engineSetup) {
  const own = new EngineHost();
  const peer = new FasterWhisper();
  await own.ask('open', { ...engineSetup, workers: 1, clips });
  await peer.open({ model: peerModel, threads: 1, files: clipFiles });
  const contenders = [
    { host: own, transcribe: (index) => own.ask('transcribe', index), speeds: [] },
    { host: peer, transcribe: (index) => peer.transcribe(index, 'plain'), speeds: [] },
  ];
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const at of contenders.keys()) {
      const { host, transcribe, speeds } = contenders[(at + round) % contenders.length];
      const before = host.cpuSeconds();
      for (const index of clips.keys()) await transcribe(index);
      if (round > 0) speeds.push(secondsOf(clips) / (host.cpuSeconds() - before));
    }
  }
  const peerPeakBytes = peer.peakBytes();
  await Promise.all([own.close(), peer.close()]);
  const [ours, theirs] = contenders.map(({ speeds }) => speeds);
  return {
    audioSecondsPerCpuSecond: { hearken: summary(ours), fasterWhisper: summary(theirs) },
    timesFasterWhisper: summary(compared(ours, theirs)),
    peerPeakMegabytes: Math.round(peerPeakBytes / 1e6),
  };
}

/**
 * One long recording: posted to the service, and given to both forms of the peer with a thread for each core.
 * @param {{ service: Service, peerModel: string, recordings: { name: string, file: string, samples: Float32Array, text: string }[], threads: number, rounds: number }} what
 */
export async function measureLong({ service, peerModel, recordings, threads, rounds }) {
  const peers = [1, threads].map((count) => ({ count, peer: new FasterWhisper() }));
  const files = recordings.map(({ file }) => file);
  for (const { count, peer } of peers) await peer.open({ model: peerModel, threads: count, files });
  const contenders = [
    { name: 'hearken', host: service, hear: (at) => post(service.url, recordings[at].samples) },
    ...peers.flatMap(({ count, peer }) =>
      ['vad', 'batched'].map((form) => ({
        name: `${form}, ${count}`,
        host: peer,
        hear: (at) => peer.transcribe(at, /** @type {'vad' | 'batched'} */ (form)),
      })),
    ),
  ];
  const results = [];
  for (const [at, { name, samples, text }] of recordings.entries()) {
    const seconds = samples.length / 16_000;
    const measured = new Map(
      contenders.map((contender) => [contender.name, { cpu: [], wall: [], errors: 0 }]),
    );
    for (let round = 0; round < rounds; round++) {
      for (const { name: who, host, hear } of contenders) {
        const [before, from] = [host.cpuSeconds(), performance.now()];
        const heard = await hear(at);
        const of = measured.get(who);
        of.wall.push((seconds * 1_000) / (performance.now() - from));
        // Processor time counts in hundredths, and that of the process that reads comes a moment later.
        await delay(200);
        of.cpu.push(seconds / (host.cpuSeconds() - before));
        of.errors = errorCount(countWordErrors(wordsOf(text), wordsOf(heard)));
      }
      console.error(`bench: ${name}, round ${round + 1} of ${rounds}`);
    }
    const figures = Object.fromEntries(
      [...measured].map(([who, { cpu, wall, errors }]) => [
        who,
        {
          audioSecondsPerCpuSecond: summary(cpu),
          audioSecondsPerSecond: summary(wall),
          wordErrorRate: errors / wordsOf(text).length,
        },
      ]),
    );
    const fastest = (key) =>
      [...measured]
        .filter(([who]) => who !== 'hearken')
        .reduce(
          (best, [, each]) => (summary(each[key]).median > summary(best[key]).median ? each : best),
          measured.get(`batched, 1`),
        );
    const own = measured.get('hearken');
    results.push({
      name,
      seconds,
      words: wordsOf(text).length,
      figures,
      timesFasterByCpu: summary(compared(own.cpu, fastest('cpu').cpu)),
      timesFasterByWall: summary(compared(own.wall, fastest('wall').wall)),
    });
  }
  await Promise.all(peers.map(({ peer }) => peer.close()));
  return results;
}

/**
 * Eight clients of the service, beside as many processes of the peer as there are cores, with one thread each.
 * @param {Setting & { service: Service, processes: number, seconds: number, atOnce: number }} what
 */
export async function measureAtOnce({
  service,
  peerModel,
  clips,
  clipFiles,
  processes,
  rounds,
  seconds,
  atOnce,
}) {
  const poster = fork(fileURLToPath(new URL('../side-by-side/rest/poster.mjs', import.meta.url)), [], {
    serialization: 'advanced',
  });
  const peers = Array.from({ length: processes }, () => new FasterWhisper());
  await Promise.all(peers.map((peer) => peer.open({ model: peerModel, threads: 1, files: clipFiles })));
  const ofService = async (span) => {
    const cpu = () => service.cpuSeconds() + cpuSecondsOf(poster.pid);
    const before = cpu();
    const posted = /** @type {{ result: any }} */ (
      await new Promise((resolve) => {
        poster.once('message', resolve);
        poster.send({ id: 1, argument: { url: service.url, clips, atOnce, seconds: span, language: 'en' } });
      })
    ).result;
    if (posted.failures > 0) throw new Error(`${posted.failures} uploads failed`);
    return { wall: posted.audioSeconds / posted.wallSeconds, cpu: posted.audioSeconds / (cpu() - before) };
  };
  const ofPeers = async (span) => {
    const cpu = () => sum(peers.map((peer) => peer.cpuSeconds()));
    const [before, from] = [cpu(), performance.now()];
    let [next, samples] = [0, 0];
    await Promise.all(
      peers.map(async (peer) => {
        while (performance.now() - from < span * 1_000) {
          const at = next++ % clips.length;
          await peer.transcribe(at, 'plain');
          samples += clips[at].length;
        }
      }),
    );
    const audio = samples / 16_000;
    return { wall: audio / ((performance.now() - from) / 1_000), cpu: audio / (cpu() - before) };
  };
  const contenders = [
    { measure: ofService, rounds: [] },
    { measure: ofPeers, rounds: [] },
  ];
  for (const { measure } of contenders) await measure(4);
  for (let round = 0; round < rounds; round++) {
    for (const at of contenders.keys()) {
      const contender = contenders[(at + round) % contenders.length];
      contender.rounds.push(await contender.measure(seconds));
    }
    console.error(`bench: ${atOnce} at once, round ${round + 1} of ${rounds}`);
  }
  poster.disconnect();
  await Promise.all(peers.map((peer) => peer.close()));
  const of = (at, key) => contenders[at].rounds.map((round) => round[key]);
  return {
    audioSecondsPerSecond: { hearken: summary(of(0, 'wall')), fasterWhisper: summary(of(1, 'wall')) },
    timesFasterWhisper: summary(compared(of(0, 'wall'), of(1, 'wall'))),
    audioSecondsPerCpuSecond: { hearken: summary(of(0, 'cpu')), fasterWhisper: summary(of(1, 'cpu')) },
    timesFasterWhisperByCpu: summary(compared(of(0, 'cpu'), of(1, 'cpu'))),
  };
}

/** One clip of about 4 s after the other over REST, on an idle service. @param {Float32Array[]} clips */
export async function measureQueries(service, clips, count) {
  const queries = clips.filter(({ length }) => length > 3.7 * 16_000 && length < 4.3 * 16_000);
  const times = [];
  const warmUps = 5;
  for (let at = -warmUps; at < count; at++) {
    const clip = queries[(at + warmUps) % queries.length];
    const from = performance.now();
    await post(service.url, clip);
    if (at >= 0) times.push(performance.now() - from);
  }
  times.sort((left, right) => left - right);
  return { count, p50Ms: Math.round(percentile(times, 0.5)), p95Ms: Math.round(percentile(times, 0.95)) };
}

/** A warm start with one worker, and the memory of the processes after a few clips. @param {Float32Array[]} clips */
export async function measureStart(model, clips, starts) {
  const ready = [];
  let memory;
  for (let start = 0; start < starts; start++) {
    const from = performance.now();
    const service = await Service.start('dist/main.js', { MODELS: model, WORKERS: '1' });
    while (!(await fetch(new URL('/health/ready', service.url))).ok) await delay(20);
    ready.push(performance.now() - from);
    for (const clip of clips) await post(service.url, clip);
    const decoding = await workersOf(service);
    memory = {
      /** The processes that decode: the only one, and the spare one, which has the same model. */
      workerPeakMegabytes: Math.round(Math.max(...decoding.map(peakBytesOf)) / 1e6),
      serviceProportionalMegabytes: Math.round(service.memory().proportionalBytes / 1e6),
    };
    await service.stop();
  }
  return { readyMs: summary(ready), memory };
}

/** The two largest processes. */
async function workersOf(service) {
  const children = processTree(service.pid).filter((pid) => pid !== service.pid);
  return children.sort((left, right) => peakBytesOf(right) - peakBytesOf(left)).slice(0, 2);
}

async function post(url, samples) {
  const body = new FormData();
  body.set('model', 'default');
  body.set('language', 'en');
  body.set('file', new Blob([wavOf(samples)], { type: 'audio/wav' }), 'clip.wav');
  const response = await fetch(new URL('/v1/audio/transcriptions', url), { method: 'POST', body });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const { text } = /** @type {{ text: string }} */ (await response.json());
  return text;
}
