// @module-tag once
import { createHash } from 'node:crypto';
import { availableParallelism, loadavg } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient } from '../support/listen-client.js';
import { fixtureRecordings } from '../support/recordings.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/transcribe.js';
import { bytesOf, wav } from '../support/wav-writer.js';

// Times are the subject here: the service runs in a process of its own. They depend on the cores and on what else runs
// on them, so only times of one run are compared. On two cores a clip takes about twice as long as on an idle service
// (`npm run bench:beside`). A key that is starved waits a hundred times as long.
const isQuiet = loadavg()[0]! < availableParallelism() / 2;
const mostTimes = isQuiet ? { median: 4, p95: 5 } : { median: 20, p95: 30 };

const underWay = 64;
const clipsIdle = 15;
const clipsLoaded = 40;

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const listen = 'encoding=linear16&sample_rate=16000';
const fixtures = await fixtureRecordings();
/** Seven seconds. */
const clip = fixtures[0]!;
const words = 'leisure to consider how much';

let service: ServiceProcess;
let url: string;

beforeAll(async () => {
  service = ServiceProcess.start({
    PORT: '0',
    WORKERS: '2',
    MAX_STREAMS: '12',
    LOG_LEVEL: 'silent',
    API_KEYS: `alice=${hashOf('of-alice')},bob=${hashOf('of-bob')}`,
  });
  url = await service.url();
});
afterAll(async () => {
  service.kill('SIGKILL');
  await service.exitCode();
});

async function post(key: string, body: Uint8Array, signal?: AbortSignal) {
  const since = performance.now();
  const response = await fetch(`${url}/v1/listen`, {
    method: 'POST',
    body: new Blob([Uint8Array.from(body)]),
    headers: { authorization: `Token ${key}` },
    signal: signal ?? null,
  });
  return { status: response.status, text: await response.text(), ms: performance.now() - since };
}

/** The value of a sample in /metrics. */
async function metric(sample: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
  return Number(line?.split(' ')[1] ?? Number.NaN);
}

/** The times of a key that posts one clip after the other, sorted. */
async function timesOf(key: string, clips: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let at = 0; at < clips; at++) {
    const { status, text, ms } = await post(key, clip.file);
    expect(status).toBe(200);
    expect(text).toContain(words);
    times.push(ms);
  }
  return times.sort((a, b) => a - b);
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;

describe('a key that keeps 64 recordings under way', () => {
  it('makes the clips of another key wait, but not for the recordings', { timeout: 300_000 }, async () => {
    await timesOf('of-bob', 3);
    const idle = await timesOf('of-bob', clipsIdle);
    const ended = new AbortController();
    const long = wav(bytesOf(...Array.from({ length: 6 }, () => fixtures.map(({ pcm }) => pcm)).flat()));
    const statuses = new Set<number>();
    const senders = Array.from({ length: underWay }, async () => {
      while (!ended.signal.aborted) {
        // Those that are cancelled at the end have no status.
        const answer = await post('of-alice', long, ended.signal).catch(() => undefined);
        if (answer !== undefined) statuses.add(answer.status);
      }
    });
    await until(async () => (await metric('hearken_places_used{kind="request"}')) >= underWay, 60);
    await until(async () => (await metric('hearken_queued_segments')) >= underWay, 60);
    const loaded = await timesOf('of-bob', clipsLoaded);
    const stillUnderWay = await metric('hearken_places_used{kind="request"}');
    ended.abort();
    await Promise.all(senders);
    const ratio = (share: number): number => quantile(loaded, share) / quantile(idle, share);
    console.log(`median ${ratio(0.5).toFixed(1)} times as long, p95 ${ratio(0.95).toFixed(1)} times`);
    expect(stillUnderWay).toBeGreaterThan(underWay / 2);
    expect(ratio(0.5)).toBeLessThan(mostTimes.median);
    expect(ratio(0.95)).toBeLessThan(mostTimes.p95);
  });
});

describe('a key that opens all the streams it may', () => {
  it('leaves places for the streams of another key, and for its own recordings', async () => {
    const open = (key: string) =>
      ListenClient.open(url, listen, { headers: { authorization: `Token ${key}` } });
    const ofAlice = await Promise.all(Array.from({ length: 9 }, () => open('of-alice')));
    await expect(open('of-alice')).rejects.toThrow('429');
    const ofBob = await open('of-bob');
    ofBob.sendInPieces(clip.pcm, 3_200);
    expect((await ofBob.finish()).code).toBe(1000);
    expect(ofBob.text()).toContain(words);
    expect((await post('of-alice', clip.file)).status).toBe(200);
    for (const client of ofAlice) client.socket.terminate();
  });
});
