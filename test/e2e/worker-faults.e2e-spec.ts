import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecognitionEngine } from '../../src/recognition/recognition-engine.js';
import { ReadingEngine } from '../../src/recognition/recordings/reading-engine.js';
import { fixtureRecordings } from '../support/recordings.js';
import { ServiceProcess } from '../support/service-process.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe, until } from '../support/transcribe.js';
import { bytesOf, wav } from '../support/wav-writer.js';

let running: RunningApp;
let engine: RecognitionEngine;
/** Some dozen segments, and what is said in them. */
let long: Uint8Array;
let expected: string;

async function startWith(variables: Readonly<Record<string, string>>): Promise<void> {
  running = await startApp(variables);
  engine = running.app.get(RecognitionEngine);
}

interface Stats {
  readonly workers: number;
  readonly running: number;
  readonly workerRestarts: number;
}
const stats = (): Stats => engine.readiness().detail as unknown as Stats;

/** Waits until requests are on all workers. */
const allBusy = (): Promise<void> => until(() => stats().running === engine.processIds.decoding.length);

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) process.kill(pid, signal);
}

beforeAll(async () => {
  const pcm = (await fixtureRecordings()).map((recording) => recording.pcm);
  long = wav(bytesOf(...pcm, ...pcm));
});

describe('a service whose inference processes fail', () => {
  beforeAll(async () => {
    await startWith({ WORKERS: '2', WORKER_TIMEOUT_MS: '20000' });
    expected = (await transcribe(running.url, long)).text;
    expect(expected.length).toBeGreaterThan(500);
  });
  afterAll(() => running.close());

  /** Every answer is the one without the fault, and the processes are as many as before. */
  async function survives(fault: () => void | Promise<void>, restarts: number): Promise<void> {
    const before = stats().workerRestarts;
    const answers = Promise.all([transcribe(running.url, long), transcribe(running.url, long)]);
    await allBusy();
    await fault();
    for (const answer of await answers) expect(answer).toEqual({ status: 200, text: expected });
    await until(() => stats().workers === 3 && engine.processIds.voiceActivity.length === 1);
    expect(stats().workerRestarts).toBe(before + restarts);
  }

  it('runs the request of a killed process once more elsewhere, and replaces the process', async () => {
    const before = engine.processIds.decoding;
    await survives(() => signalAll(before.slice(0, 1), 'SIGKILL'), 1);
    expect(engine.processIds.decoding).not.toContain(before[0]);
    expect(engine.processIds.decoding).toContain(before[1]);
  });

  it('loses no request when all are killed at once', () =>
    survives(() => signalAll(engine.processIds.decoding, 'SIGKILL'), 2));

  it('kills and replaces a process that hangs', async () => {
    const [hung = 0] = engine.processIds.decoding;
    await survives(() => signalAll([hung], 'SIGSTOP'), 1);
    expect(() => process.kill(hung, 0)).toThrow(/ESRCH/);
  });

  it('goes on with recordings when the process that reads them is killed in the middle', async () => {
    const { pool } = running.app.get(ReadingEngine);
    const before = pool.restarts;
    await survives(() => signalAll(pool.pids, 'SIGKILL'), 0);
    expect(pool.restarts).toBe(before + 1);
  });

  it('kills and replaces a process that hangs while it reads a recording', async () => {
    const { pool } = running.app.get(ReadingEngine);
    const before = pool.restarts;
    signalAll(pool.pids, 'SIGSTOP');
    expect(await transcribe(running.url, long)).toEqual({ status: 200, text: expected });
    expect(pool.restarts).toBe(before + 1);
  });

  it('answers the next request as well after idle processes were killed', async () => {
    signalAll(engine.processIds.decoding, 'SIGKILL');
    expect(await transcribe(running.url, long)).toEqual({ status: 200, text: expected });
    await until(() => stats().workers === 3);
  });

  it('fails a request whose process dies twice, and only that one', async () => {
    const answer = transcribe(running.url, long);
    await allBusy();
    // Whatever runs a request is killed until the answer is there: the second time is the last.
    let answered = false;
    void answer.finally(() => (answered = true));
    const end = performance.now() + 20_000;
    while (!answered && performance.now() < end) {
      if (stats().running > 0) signalAll(engine.processIds.decoding, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(await answer).toEqual({ status: 500, text: 'INFERENCE_FAILED' });
    await until(() => stats().workers === 3);
    expect(await transcribe(running.url, long)).toEqual({ status: 200, text: expected });
  });
});

describe('ending a service that is recognizing', () => {
  it('answers what is under way when the application is closed', async () => {
    await startWith({ WORKERS: '2' });
    const { decoding, spare, voiceActivity } = engine.processIds;
    const pids = [...decoding, ...spare, ...voiceActivity, ...running.app.get(ReadingEngine).pool.pids];
    const answers = Promise.all([transcribe(running.url, long), transcribe(running.url, long)]);
    await allBusy();
    await running.close();
    for (const answer of await answers) expect(answer).toEqual({ status: 200, text: expected });
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  it('answers what is under way although a process dies while the service ends', async () => {
    await startWith({ WORKERS: '2' });
    const answer = transcribe(running.url, long);
    await allBusy();
    const closed = running.close();
    signalAll(engine.processIds.decoding.slice(0, 1), 'SIGKILL');
    expect(await answer).toEqual({ status: 200, text: expected });
    await closed;
  });

  it.each([0, 30, 150])('never aborts: SIGTERM %i ms into the inference ends it with 0', async (delayMs) => {
    const service = ServiceProcess.start({ PORT: '0', LOG_LEVEL: 'error' });
    const url = await service.url();
    const answer = transcribe(url, long);
    await until(async () => /"running":[1-9]/.test(await (await fetch(`${url}/health/ready`)).text()));
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    service.kill('SIGTERM');
    expect(await answer).toEqual({ status: 200, text: expected });
    expect(await service.exitCode()).toBe(0);
    expect(service.stderr).not.toMatch(/terminate|abort/i);
  });

  it('never aborts, even without a grace: requests under way get SHUTTING_DOWN', async () => {
    const service = ServiceProcess.start({ PORT: '0', LOG_LEVEL: 'error', SHUTDOWN_GRACE_MS: '0' });
    const url = await service.url();
    const answer = transcribe(url, long);
    await until(async () => /"running":[1-9]/.test(await (await fetch(`${url}/health/ready`)).text()));
    service.kill('SIGTERM');
    expect(await answer).toEqual({ status: 503, text: 'SHUTTING_DOWN' });
    expect(await service.exitCode()).toBe(0);
  });
});
