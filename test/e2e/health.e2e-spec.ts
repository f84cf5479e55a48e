import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ShutdownState } from '../../src/common/shutdown-state.js';
import { FakeRecognizer } from '../support/fake-recognizer.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { bytesOf, wav } from '../support/wav-writer.js';

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

describe('with the real model', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp();
  });
  afterAll(() => running.close());

  it('is live, started and ready once it listens, and says which models are loaded', async () => {
    for (const probe of ['live', 'ready', 'startup']) {
      expect(await statusOf(`${running.url}/health/${probe}`)).toBe(200);
    }
    const body = JSON.stringify(await (await fetch(`${running.url}/health/ready`)).json());
    expect(body).toContain('moonshine-tiny-en');
  });

  it('answers probes quickly and keeps the event loop free while eight uploads are recognized', async () => {
    const file = await longRecording(4);
    // A process that does nothing tells what the machine itself costs, with all of its cores busy.
    const idle = new IdleProcess();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const latenciesMs: number[] = [];
    let uploading = true;
    delay.enable();
    const uploads = Promise.all(
      Array.from({ length: 8 }, async () => {
        const form = new FormData();
        form.append('file', new Blob([file]), 'long.wav');
        return statusOfPost(`${running.url}/v1/audio/transcriptions`, form);
      }),
    ).finally(() => (uploading = false));
    while (uploading) {
      for (const probe of ['live', 'ready']) {
        const from = performance.now();
        expect(await statusOf(`${running.url}/health/${probe}`)).toBe(200);
        latenciesMs.push(performance.now() - from);
      }
      await sleep(20);
    }
    delay.disable();
    const idleP99Ms = await idle.stop();
    expect(await uploads).toEqual(Array<number>(8).fill(200));
    latenciesMs.sort((a, b) => a - b);
    expect(latenciesMs.length).toBeGreaterThan(20);
    expect(latenciesMs[Math.floor(latenciesMs.length * 0.99)]).toBeLessThan(50 + idleP99Ms);
    expect(delay.percentile(99) / 1e6).toBeLessThan(20 + idleP99Ms);
  });
});

describe('with a scripted recognizer', () => {
  let running: RunningApp;
  const recognizer = new FakeRecognizer();
  beforeAll(async () => {
    running = await startApp({}, recognizer);
  });
  afterAll(() => running.close());

  it('is live but neither started nor ready while workers are missing', async () => {
    recognizer.script = { ready: false };
    expect(await statusOf(`${running.url}/health/live`)).toBe(200);
    const ready = await fetch(`${running.url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      status: 'error',
      error: { recognition: { status: 'down', workers: 1 } },
    });
    expect(await statusOf(`${running.url}/health/startup`)).toBe(503);
    recognizer.script = {};
    expect(await statusOf(`${running.url}/health/ready`)).toBe(200);
  });

  it('is live and started but not ready from the signal on', async () => {
    running.app.get(ShutdownState).begin();
    expect(await statusOf(`${running.url}/health/ready`)).toBe(503);
    expect(await statusOf(`${running.url}/health/startup`)).toBe(200);
    expect(await statusOf(`${running.url}/health/live`)).toBe(200);
  });

  it('lets go of connections that are kept open from the signal on, so that the next request goes elsewhere', async () => {
    const answer = await fetch(`${running.url}/health/live`);
    expect(answer.headers.get('connection')).toBe('close');
  });
});

const idleScript = `
  const delay = require('node:perf_hooks').monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  process.stdin.once('data', () => { console.log(delay.percentile(99) / 1e6); process.exit(); });`;

/** Measures the event-loop delay of a process that has nothing to do. */
class IdleProcess {
  private readonly child = spawn(process.execPath, ['-e', idleScript], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });

  /** @returns its 99th percentile, in ms */
  async stop(): Promise<number> {
    const answer = once(this.child.stdout, 'data');
    this.child.stdin.write('stop');
    return Number(String((await answer)[0]));
  }
}

const statusOfPost = async (url: string, body: FormData): Promise<number> => {
  const response = await fetch(url, { method: 'POST', body });
  await response.arrayBuffer();
  return response.status;
};

/** A clip, several times over. */
async function longRecording(times: number): Promise<Uint8Array> {
  const samples = (await readFile('test/fixtures/sense-and-sensibility-0870.wav')).subarray(44);
  return wav(bytesOf(...Array<Uint8Array>(times).fill(samples)));
}
