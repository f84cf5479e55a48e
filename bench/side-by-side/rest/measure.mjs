import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EngineHost } from '../engine-host.mjs';
import { cpuSecondsByProcess, cpuSecondsOf, sum } from '../../shared/process-tree.mjs';
import { Service } from '../../shared/service.mjs';
import { compared, summary } from '../../shared/statistics.mjs';

/** Before the first counted round: code gets warm, and the heaps reach the size that they stay at. */
const warmUpSeconds = 4;

/** The client in its own process, so that its time is known. */
class Poster {
  #child = fork(fileURLToPath(new URL('poster.mjs', import.meta.url)), [], { serialization: 'advanced' });

  get pid() {
    return this.#child.pid;
  }

  post(argument) {
    return new Promise((resolve, reject) => {
      this.#child.once('message', (/** @type {import('../engine-host.mjs').Answer} */ { result, error }) =>
        error === undefined ? resolve(result) : reject(new Error(error)),
      );
      this.#child.send({ id: 1, argument });
    });
  }

  close() {
    this.#child.disconnect();
  }
}

/**
 * The whole service with its client, and as many processes of the reference as there are cores, on the same cores in
 * alternating rounds.
 * @param {{ reference: object, clips: Float32Array[], rounds: number, seconds: number, atOnce: number, workers: number }} what
 */
export async function measureRest({ reference, clips, rounds, seconds, atOnce, workers }) {
  const service = await Service.start('dist/main.js', { MODELS: reference.model });
  const poster = new Poster();
  const hosts = Array.from({ length: workers }, () => new EngineHost());
  try {
    await Promise.all(hosts.map((host) => host.ask('open', { ...reference.setup, workers: 1, clips })));
    const contenders = [
      { measure: (span) => ofService({ service, poster, clips, atOnce, seconds: span }), rounds: [] },
      { measure: (span) => ofReference({ hosts, clips, seconds: span }), rounds: [] },
    ];
    for (const { measure } of contenders) await measure(warmUpSeconds);
    for (let round = 0; round < rounds; round++) {
      for (const at of contenders.keys()) {
        const contender = contenders[(at + round) % contenders.length];
        contender.rounds.push(await contender.measure(seconds));
      }
      console.error(`bench: REST, round ${round + 1} of ${rounds}`);
    }
    const [own, peer] = contenders.map((contender) => contender.rounds);
    const speeds = (measured) => measured.map(({ audioSeconds, wallSeconds }) => audioSeconds / wallSeconds);
    const economies = (measured) => measured.map(({ audioSeconds, cpuSeconds }) => audioSeconds / cpuSeconds);
    return {
      audioSecondsPerSecond: { service: summary(speeds(own)), reference: summary(speeds(peer)) },
      timesReference: summary(compared(speeds(own), speeds(peer))),
      audioSecondsPerCpuSecond: { service: summary(economies(own)), reference: summary(economies(peer)) },
      timesReferenceByCpu: summary(compared(economies(own), economies(peer))),
      cpuMsPerAudioSecond: byProcess(own),
      failures: sum(own.map(({ failures }) => failures)),
    };
  } finally {
    poster.close();
    await Promise.all([service.stop(), ...hosts.map((host) => host.close())]);
  }
}

async function ofService({ service, poster, clips, atOnce, seconds }) {
  const times = () => new Map([...cpuSecondsByProcess(service.pid), [poster.pid, cpuSecondsOf(poster.pid)]]);
  const before = times();
  const posted = await poster.post({ url: service.url, clips, atOnce, seconds });
  const spent = [...times()].map(([pid, cpu]) => [pid, cpu - (before.get(pid) ?? 0)]);
  return {
    ...posted,
    cpuSeconds: sum(spent.map(([, cpu]) => cpu)),
    processes: named(spent, service.pid, poster.pid),
  };
}

/** Kinds of processes by what they spend, in the order in which the service starts them: the two that decode spend most. */
function named(spent, main, client) {
  const others = spent.filter(([pid]) => pid !== main && pid !== client).map(([, cpu]) => cpu);
  const cpuOf = (pid) => spent.find(([own]) => own === pid)[1];
  others.sort((left, right) => right - left);
  const decoding = others.slice(0, -2);
  return {
    main: cpuOf(main),
    decoding: sum(decoding),
    'reading and voice activity': sum(others.slice(-2)),
    client: cpuOf(client),
  };
}

async function ofReference({ hosts, clips, seconds }) {
  const cpu = () => sum(hosts.map((host) => host.cpuSeconds()));
  const before = cpu();
  let [next, samples] = [0, 0];
  const from = performance.now();
  await Promise.all(
    hosts.map(async (host) => {
      while (performance.now() - from < seconds * 1_000) {
        const at = next++ % clips.length;
        await host.ask('transcribe', at);
        samples += clips[at].length;
      }
    }),
  );
  const wallSeconds = (performance.now() - from) / 1_000;
  return { audioSeconds: samples / 16_000, wallSeconds, cpuSeconds: cpu() - before };
}

function byProcess(rounds) {
  const kinds = Object.keys(rounds[0].processes);
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      summary(rounds.map(({ processes, audioSeconds }) => (processes[kind] * 1_000) / audioSeconds)),
    ]),
  );
}
