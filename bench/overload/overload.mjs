// `npm run bench:overload`: a service at capacity, with ten times as much over REST and sockets, and afterwards.
// Writes docs/measured/overload.json and the table in docs/operations/capacity.md; the exit code is 1 when a bound is
// not held.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { orExit, root, setUp } from '../../scripts/setup.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    times: { type: 'string', default: '10' },
    'capacity-seconds': { type: 'string', default: '40' },
    output: { type: 'string' },
  },
});
process.env.MODELS ??= 'moonshine-tiny-en';
await orExit(() => setUp({ models: true }));
// Imported only now: these modules need the build.
const { readClips } = await import('../shared/clips.mjs');
const { currentCommit, describeMachine } = await import('../shared/machine.mjs');
const { Service } = await import('../shared/service.mjs');
const { placesPerCore } = await import('../pages/pod-figures.mjs');
const { fillOverload } = await import('../pages/overload-table.mjs');
const { quantile } = await import('./post.mjs');
const { boundsOf } = await import('./overload-bounds.mjs');

const [minutes, times, capacitySeconds] = [values.minutes, values.times, values['capacity-seconds']].map(
  Number,
);
/** Uploads under way at once for each inference process: one is decoded, the next one is read. */
const clientsPerWorker = 2;
/** The first seconds fill caches and queues. */
const warmUpSeconds = 5;
const probeMs = 250;
const probeTimeoutMs = 5_000;
const restSeconds = [10, 60];

const machine = describeMachine();
const workers = machine.cores;

/** Runs clients in a process of their own. @returns {Promise<any>} see flood.mjs */
function flood(service, plan) {
  const path = join(root, 'bench', 'overload', 'flood.mjs');
  const child = spawn(process.execPath, [path, service.url, JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    // Not before all of its output has come.
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`the clients ended with ${code}`)),
    );
  });
}

/** The time of one probe on a connection of its own, as orchestrators send it, in ms. */
function probe(service) {
  const since = performance.now();
  return new Promise((resolve) => {
    const request = http.get(new URL('/health/ready', service.url), { agent: false }, (response) => {
      response.resume();
      response.once('end', () =>
        resolve(response.statusCode === 200 ? performance.now() - since : probeTimeoutMs),
      );
    });
    request.setTimeout(probeTimeoutMs, () => request.destroy());
    request.once('error', () => resolve(probeTimeoutMs));
  });
}

/** Sends probes, and reads memory, until `work` is done. */
async function watching(service, work) {
  const healthMs = [];
  let highest = { bytes: 0, ofEach: [] };
  let isOver = false;
  const watch = (async () => {
    for (let at = 0; !isOver; at++) {
      healthMs.push(await probe(service));
      if (at % 4 === 0) {
        const { proportionalBytes: bytes, proportionalBytesOfEach: ofEach } = service.memory();
        if (bytes > highest.bytes) highest = { bytes, ofEach };
      }
      await sleep(probeMs);
    }
  })();
  const result = await work();
  isOver = true;
  await watch;
  return { result, healthMs: quantiles(healthMs), highest };
}

function quantiles(all) {
  const [p50, p95, most] = [0.5, 0.95, 1].map((share) => Number(quantile(all, share).toFixed(1)));
  return { count: all.length, p50, p95, most };
}

function uploadsOf({ latenciesMs, refusalsMs, seconds, sent, accepted, audioSeconds, ...counts }) {
  const perSecond = (count) => Number((count / seconds).toFixed(1));
  return {
    ...counts,
    sentPerSecond: perSecond(sent),
    acceptedPerSecond: perSecond(accepted),
    audioSecondsPerSecond: perSecond(audioSeconds),
    acceptedMs: quantiles(latenciesMs),
    ...(refusalsMs.length > 0 && { refusedMs: quantiles(refusalsMs) }),
  };
}

function socketsOf({ finalLagMs, ...counts }) {
  return { ...counts, ...(finalLagMs.length > 0 && { finalMs: quantiles(finalLagMs) }) };
}

const megabytes = (bytes) => Math.round(bytes / 1e6);
const memoryOf = ({ proportionalBytes, proportionalBytesOfEach }) => ({
  megabytes: megabytes(proportionalBytes),
  ofEach: proportionalBytesOfEach.map(megabytes),
});

async function phase(service, name, plan) {
  const { result, healthMs, highest } = await watching(service, () => flood(service, plan));
  const memory = { megabytes: megabytes(highest.bytes), ofEach: highest.ofEach.map(megabytes) };
  const found = {
    uploads: uploadsOf(result.uploads),
    sockets: socketsOf(result.sockets),
    healthMs,
    highestMemory: memory,
  };
  console.error(`overload: ${name}: ${JSON.stringify(found)}`);
  return found;
}

const { MAX_WAIT_MS = '200' } = process.env;
const service = await Service.start('dist/main.js', { LOG_LEVEL: 'warn', MAX_WAIT_MS });
let measured;
try {
  // A start is over when nothing is done any more.
  await flood(service, { clients: clientsPerWorker * workers, talkers: 2, seconds: 10 });
  await sleep(5_000);
  const quiet = await watching(service, () => sleep(20_000));
  const memoryBefore = memoryOf(service.memory());
  const uploads = { clients: clientsPerWorker * workers };
  const uploadsAlone = await phase(service, 'uploads at capacity', {
    ...uploads,
    seconds: capacitySeconds,
    warmUpSeconds,
  });
  const talkers = placesPerCore() * workers;
  const capacity = await phase(service, 'uploads and sockets at capacity', {
    ...uploads,
    talkers,
    seconds: capacitySeconds,
    warmUpSeconds,
  });
  const rate = times * uploadsAlone.uploads.acceptedPerSecond;
  const overload = await phase(service, 'overload', {
    rate,
    talkers: times * talkers,
    seconds: 60 * minutes,
    warmUpSeconds,
  });
  const memoryAfter = [];
  const endedAt = performance.now();
  const afterwards = await watching(service, async () => {
    for (const seconds of restSeconds) {
      await sleep(endedAt + 1_000 * seconds - performance.now());
      memoryAfter.push({ seconds, ...memoryOf(service.memory()) });
    }
  });
  measured = {
    offeredPerSecond: rate,
    talkers: { capacity: talkers, overload: times * talkers },
    quiet: { healthMs: quiet.healthMs, memory: memoryBefore },
    uploadsAlone,
    capacity,
    overload,
    afterwards: { healthMs: afterwards.healthMs, memory: memoryAfter },
  };
} finally {
  await service.stop();
}
const bounds = boundsOf(measured);
const run = {
  date: new Date().toISOString(),
  commit: currentCommit(),
  machine,
  model: process.env.MODELS,
  clips: readClips(undefined, 64).source,
  minutes,
  times,
  maxWaitMs: Number(MAX_WAIT_MS),
  ...measured,
  bounds,
};
const path = values.output ?? join(root, 'docs', 'measured', 'overload.json');
writeFileSync(path, `${JSON.stringify(run, undefined, 2)}\n`);
if (values.output === undefined) fillOverload();
for (const { name, limit, found, held } of bounds) {
  console.log(`${held ? 'held' : 'NOT HELD'}  ${name}: ${found} (at most ${limit})`);
}
process.exitCode = bounds.every(({ held }) => held) ? 0 : 1;
