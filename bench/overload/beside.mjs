// `npm run bench:beside`: how long short recordings take on an idle service, next to an upload of half an hour, and
// next to the 64 long recordings of another key. Writes docs/measured/beside.json
// and the table in docs/operations/capacity.md.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { orExit, root, setUp } from '../../scripts/setup.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    queries: { type: 'string', default: '50' },
    minutes: { type: 'string', default: '30' },
    'under-way': { type: 'string', default: '64' },
    workers: { type: 'string', default: '0' },
    output: { type: 'string' },
  },
});
process.env.MODELS ??= 'moonshine-tiny-en';
await orExit(() => setUp({ models: true }));
// Imported only now: these modules need the build.
const { readClips } = await import('../shared/clips.mjs');
const { currentCommit, describeMachine } = await import('../shared/machine.mjs');
const { Service } = await import('../shared/service.mjs');
const { compared, summary } = await import('../shared/statistics.mjs');
const { sampleRate } = await import('../streaming/playlist.mjs');
const { fillBeside } = await import('../pages/beside-table.mjs');
const { int16Bytes, postSamples, quantile } = await import('./post.mjs');

const [rounds, queries, minutes, underWay] = [
  values.rounds,
  values.queries,
  values.minutes,
  values['under-way'],
].map(Number);
const machine = describeMachine();
const { source, clips } = readClips(undefined, 64);
const short = clips.map(int16Bytes);
const keys = { alice: 'of-alice', bob: 'of-bob' };

/** Clips one after the other, until there are as many seconds. */
function recordingOf(seconds) {
  const parts = [];
  for (let length = 0, at = 0; length < seconds * sampleRate; at++) {
    const part = clips[at % clips.length];
    parts.push(Buffer.from(int16Bytes(part)), Buffer.alloc(sampleRate));
    length += part.length + sampleRate / 2;
  }
  return Buffer.concat(parts);
}

let nextQuery = 0;
async function query(url, key) {
  const { status, ms } = await postSamples(url, short[nextQuery++ % short.length], { key });
  if (status !== 200) throw new Error(`a short recording was answered with ${status}`);
  return ms;
}

/** The times of short recordings, one after the other. @param {() => boolean} [goesOn] */
async function times(url, key, goesOn = () => true) {
  nextQuery = 0;
  const all = [];
  while (all.length < queries && goesOn()) all.push(await query(url, key));
  return { p50: quantile(all, 0.5), p95: quantile(all, 0.95), count: all.length };
}

/** Sends long recordings without an end, `count` at once, while `work` runs. */
async function beside({ url, key, body, count }, work) {
  const ended = new AbortController();
  const sender = async () => {
    while (!ended.signal.aborted) await postSamples(url, body, { key, signal: ended.signal });
  };
  const senders = Array.from({ length: count }, sender);
  await until(async () => (await queued(url)) >= Math.min(count, 2));
  const result = await work();
  ended.abort();
  await Promise.all(senders);
  await until(async () => (await queued(url)) === 0);
  return result;
}

async function queued(url) {
  const text = await (await fetch(new URL('/metrics', url))).text();
  return Number(/^hearken_queued_segments (\d+)/m.exec(text)?.[1]);
}

async function until(isSo) {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}

const hashOf = (key) => createHash('sha256').update(key).digest('hex');
const contenders = [
  { name: `an upload of ${minutes} minutes, no keys`, variables: {}, count: 1, seconds: minutes * 60 },
  {
    name: `${underWay} recordings of 110 s with another key`,
    variables: {
      API_KEYS: Object.entries(keys)
        .map(([name, key]) => `${name}=${hashOf(key)}`)
        .join(','),
    },
    own: keys.bob,
    key: keys.alice,
    count: underWay,
    seconds: 110,
  },
];

const results = [];
for (const { name, variables, own, key, count, seconds } of contenders) {
  const service = await Service.start('dist/main.js', {
    WORKERS: values.workers,
    LOG_LEVEL: 'error',
    ...variables,
  });
  const body = recordingOf(seconds);
  const [idle, loaded] = [[], []];
  try {
    await times(service.url, own);
    for (let round = 0; round < rounds; round++) {
      idle.push(await times(service.url, own));
      loaded.push(await beside({ url: service.url, key, body, count }, () => times(service.url, own)));
      console.error(
        `beside: ${name}: idle ${JSON.stringify(idle.at(-1))}, loaded ${JSON.stringify(loaded.at(-1))}`,
      );
    }
  } finally {
    await service.stop();
  }
  const of = (rows, share) => rows.map((row) => row[share]);
  results.push({
    name,
    idleMs: { p50: summary(of(idle, 'p50')), p95: summary(of(idle, 'p95')) },
    besideMs: { p50: summary(of(loaded, 'p50')), p95: summary(of(loaded, 'p95')) },
    times: {
      p50: summary(compared(of(loaded, 'p50'), of(idle, 'p50'))),
      p95: summary(compared(of(loaded, 'p95'), of(idle, 'p95'))),
    },
  });
}
const result = {
  date: new Date().toISOString(),
  commit: currentCommit(),
  machine,
  model: process.env.MODELS,
  clips: { source, count: clips.length },
  rounds,
  queries,
  besides: results,
};
const path = values.output ?? join(root, 'docs', 'measured', 'beside.json');
writeFileSync(path, `${JSON.stringify(result, undefined, 2)}\n`);
if (values.output === undefined) fillBeside();
for (const { name, times: ratios } of results) {
  console.log(`${name}: median ${ratios.p50.median} times idle, p95 ${ratios.p95.median} times`);
}
