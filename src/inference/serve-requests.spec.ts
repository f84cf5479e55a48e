// @module-tag slow
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { ScriptedBody } from '../../test/support/scripted-duties.js';
import { resolveEntryPoint } from '../common/entry-point.js';
import { forkWorker } from './fork-worker.js';
import type { FromWorker, ToWorker, WorkerModel } from './worker-protocol.js';

const entry = resolveEntryPoint(import.meta.url, '../../test/support/scripted-duties.js');

/** A process that serves requests, and the messages and the exit code that came from it, in order. */
class Served {
  readonly received: string[] = [];
  readonly exitCode: Promise<number | null>;
  /** The requests with which it has begun. */
  readonly begun: number[] = [];
  private onReceived: () => void = () => undefined;

  private constructor(readonly child: ChildProcess) {
    child.on('message', (message: FromWorker<string>) => this.receive(message));
    this.exitCode = once(child, 'exit').then(([code]) => code as number | null);
  }

  static async start(): Promise<Served> {
    return new Served(await forkWorker(entry));
  }

  send(...messages: ToWorker<ScriptedBody>[]): void {
    for (const message of messages) this.child.send(message);
  }

  async receivedAfter(count: number): Promise<readonly string[]> {
    while (this.received.length < count) {
      await new Promise<void>((resolve) => (this.onReceived = resolve));
    }
    return this.received;
  }

  private receive(message: FromWorker<string>): void {
    if (message.type === 'begun') {
      this.begun.push(message.requestId);
      return;
    }
    this.received.push(
      message.type === 'answer'
        ? `${message.requestId}: ${message.answer}`
        : message.type === 'failed'
          ? `${message.requestId} failed: ${message.reason}`
          : message.type === 'load-failed'
            ? `load-failed: ${message.reason}`
            : message.type,
    );
    this.onReceived();
  }
}

const request = (
  requestId: number,
  text: string,
  does: ScriptedBody['does'] = 'answer',
): ToWorker<ScriptedBody> => ({ type: 'request', requestId, body: { text, does } });

describe('serveRequests', () => {
  const started: Served[] = [];

  async function start(): Promise<Served> {
    const served = await Served.start();
    started.push(served);
    served.send({ type: 'load', models: [] });
    return served;
  }

  afterEach(() => {
    for (const { child } of started.splice(0)) child.kill('SIGKILL');
  });

  it('answers in the order of the requests, one after the other', async () => {
    const served = await start();
    served.send(request(1, 'a', 'answer late'), request(2, 'b'), request(3, 'c'));
    expect(await served.receivedAfter(4)).toEqual([
      'ready',
      '1: a, notice 0',
      '2: b, notice 0',
      '3: c, notice 0',
    ]);
    expect(served.begun).toEqual([1, 2, 3]);
  });

  it('reports a request that throws, and goes on', async () => {
    const served = await start();
    served.send(request(1, 'a', 'throw'), request(2, 'b'));
    expect(await served.receivedAfter(3)).toEqual(['ready', '1 failed: cannot answer a', '2: b, notice 0']);
  });

  it('acts on a notice between the requests before and after it, and does not answer it', async () => {
    const served = await start();
    served.send(request(1, 'a', 'answer late'), { type: 'notice', notice: 7 }, request(2, 'b'));
    expect(await served.receivedAfter(3)).toEqual(['ready', '1: a, notice 0', '2: b, notice 7']);
  });

  it('finishes its request before it stops', async () => {
    const served = await start();
    served.send(request(1, 'a', 'answer late'), { type: 'stop' });
    expect(await served.exitCode).toBe(0);
    expect(served.received).toEqual(['ready', '1: a, notice 0']);
  });

  it('ends when the service is gone, after its request', async () => {
    const served = await start();
    await served.receivedAfter(1);
    served.send(request(1, 'a', 'answer late'));
    served.child.disconnect();
    expect(await served.exitCode).toBe(0);
  });

  it('does not end on signals that are for the service', async () => {
    const served = await start();
    await served.receivedAfter(1);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) served.child.kill(signal);
    served.send(request(1, 'a'));
    expect(await served.receivedAfter(2)).toEqual(['ready', '1: a, notice 0']);
  });

  it('reports why models cannot be loaded', async () => {
    const served = await start();
    const model: WorkerModel = {
      facts: { id: 'some', version: 1, languages: [], maxAudioSeconds: 30 },
      family: 'unknown',
      best: 'shipped',
      files: {},
    };
    served.send({ type: 'load', models: [model] });
    const [, failure] = await served.receivedAfter(2);
    expect(failure).toMatch(/^load-failed: .*unknown/);
  });
});
