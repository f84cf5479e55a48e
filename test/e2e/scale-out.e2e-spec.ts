// @module-tag once
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HAProxy, haproxyIsThere } from '../support/haproxy.js';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { ServiceProcess } from '../support/service-process.js';
import { errorsBetween, Talker } from '../support/talker.js';
import { transcribe, until } from '../support/transcribe.js';

// A busy machine starts services slowly.
vi.setConfig({ testTimeout: 600_000 });

const streams = 20;
const uploadsAtOnce = 2;
const words = 2;

/** A service, and the name that the proxy has for it. */
interface Pod {
  readonly service: ServiceProcess;
  readonly name: string;
}

let proxy: HAProxy;
let recordings: readonly Recording[];
const services: ServiceProcess[] = [];
const allTalkers: Talker[] = [];

beforeEach(async () => {
  if (!haproxyIsThere) return;
  proxy = await HAProxy.start(6);
  // The short ones: a stream ends with the sentence that it is in.
  recordings = (await fixtureRecordings()).filter(({ pcm }) => pcm.length < 6 * 32_000);
});
afterEach(async () => {
  for (const talker of allTalkers.splice(0)) talker.abandon();
  for (const service of services.splice(0)) {
    service.kill('SIGKILL');
    await service.exitCode();
  }
  await proxy?.stop();
});

async function startPod(): Promise<Pod> {
  const service = ServiceProcess.start({
    PORT: '0',
    WORKERS: '1',
    LOG_LEVEL: 'silent',
    MAX_STREAMS: String(streams),
    // How fast the machine is, is not what is tested.
    MAX_STREAM_LAG_MS: '60000',
    SHUTDOWN_GRACE_MS: '300000',
  });
  services.push(service);
  return { service, name: await proxy.add(await service.url()) };
}

/** Uploads without a pause, so many at once, until `stop()`. */
class Uploader {
  readonly failures: string[] = [];
  done = 0;
  private stopped = false;
  private readonly running = Array.from({ length: uploadsAtOnce }, (_, at) => this.upload(at));

  private async upload(at: number): Promise<void> {
    while (!this.stopped) {
      const recording = recordings[at++ % recordings.length]!;
      try {
        const { status, text } = await transcribe(proxy.url, recording.file);
        if (status !== 200) this.failures.push(`${status} ${text}`);
        else if (errorsBetween(recording.text, text) > words) this.failures.push(text);
      } catch (error) {
        this.failures.push(String((error as Error).cause ?? error));
      }
      this.done++;
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.running);
  }
}

function startTalkers(): { talkers: readonly Talker[]; finished: Promise<unknown> } {
  const talkers = Array.from({ length: streams }, (_, at) => new Talker(proxy.url, recordings, at));
  allTalkers.push(...talkers);
  const finished = Promise.all(talkers.map((talker) => talker.run()));
  // Where a test fails before, it does not wait for them.
  finished.catch(() => undefined);
  return { talkers, finished };
}

/** Waits until each of them has a final on the socket that it has now. */
async function untilHeard(talkers: readonly Talker[]): Promise<void> {
  const before = talkers.map(({ finals }) => finals);
  await until(() => talkers.every(({ finals }, at) => finals > before[at]!), 180);
}

function expectComplete(talkers: readonly Talker[]): void {
  for (const talker of talkers) {
    expect([...talker.lost, ...talker.refused, ...talker.faults]).toEqual([]);
    expect(talker.heard.length).toBeGreaterThan(0);
    for (const { reference, text } of talker.heard) {
      expect(errorsBetween(reference, text), `${reference} | ${text}`).toBeLessThanOrEqual(words);
    }
    expect(new Set(talker.lastWords)).toEqual(new Set(['Metadata']));
  }
}

describe.skipIf(!haproxyIsThere)(
  'three services behind HAProxy (skipped where haproxy is not on the path)',
  () => {
    it('are replaced one after the other under streams and uploads, and no final is lost', async () => {
      const old = await Promise.all([startPod(), startPod(), startPod()]);
      const uploader = new Uploader();
      const { talkers, finished } = startTalkers();
      await untilHeard(talkers);
      for (const pod of old) {
        await startPod();
        // While its preStop hook waits, a pod leaves the endpoints of its Service.
        await proxy.drain(pod.name);
        pod.service.kill('SIGTERM');
        expect(await pod.service.exitCode()).toBe(0);
        await proxy.remove(pod.name);
      }
      await untilHeard(talkers);
      for (const talker of talkers) talker.stop();
      await finished;
      await uploader.stop();

      expectComplete(talkers);
      for (const { closeCodes } of talkers) {
        expect(closeCodes.slice(0, -1).every((code) => code === 1012)).toBe(true);
        expect(closeCodes.length).toBeGreaterThan(1);
        expect(closeCodes.at(-1)).toBe(1000);
      }
      expect(uploader.failures).toEqual([]);
      expect(uploader.done).toBeGreaterThan(10);
    });

    it('lose only the streams of the one that is killed, which are taken up by the others', async () => {
      const pods = await Promise.all([startPod(), startPod(), startPod()]);
      const { talkers, finished } = startTalkers();
      await untilHeard(talkers);
      const [victim] = pods as [Pod, ...Pod[]];
      const hit = new Set(talkers.filter(({ servedBy }) => servedBy === victim.name));
      victim.service.kill('SIGKILL');
      await until(async () => (await proxy.statusOf(victim.name)).startsWith('DOWN'), 120);
      await untilHeard(talkers);
      for (const talker of talkers) talker.stop();
      await finished;

      expectComplete(talkers);
      expect(hit.size).toBeGreaterThan(3);
      for (const talker of talkers)
        expect(talker.closeCodes).toEqual(hit.has(talker) ? [1006, 1000] : [1000]);
      for (const talker of hit) expect(talker.servedBy).not.toBe(victim.name);
    });
  },
);
