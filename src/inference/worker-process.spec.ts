import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScriptedChild } from '../../test/support/scripted-child.js';
import { WorkerLostError, WorkerProcess } from './worker-process.js';

type Worker = WorkerProcess<string, string>;

const graphs = [{ model: 'scripted', shipped: true }];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function loaded(child: ScriptedChild): Promise<Worker> {
  const worker = WorkerProcess.load<string, string>(child, []);
  child.say({ type: 'ready', graphs });
  return worker;
}

const lost = (reason: string): unknown =>
  expect.objectContaining({ name: 'WorkerLostError', message: `The inference process ${reason}.` });

describe('WorkerProcess', () => {
  let child: ScriptedChild;
  beforeEach(() => void (child = new ScriptedChild()));

  describe('loading', () => {
    it('sends the models and keeps what the process reports about them', async () => {
      const worker = await loaded(child);
      expect(child.sent).toEqual([{ type: 'load', models: [] }]);
      expect(worker.graphs).toEqual(graphs);
      expect(worker.isAlive).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('fails with the reason of the process, which is killed', async () => {
      const worker = WorkerProcess.load(child, []);
      child.say({ type: 'load-failed', reason: 'no graph' });
      await expect(worker).rejects.toThrow('no graph');
      expect(child.killed).toBe(true);
    });

    it('fails when the process ends while it loads', async () => {
      const worker = WorkerProcess.load(child, []);
      child.end(null, 'SIGABRT');
      await expect(worker).rejects.toThrow('The inference process ended with SIGABRT while it loaded.');
      expect(vi.getTimerCount()).toBe(0);
    });

    it('kills a process that does not load in two minutes', async () => {
      const worker = WorkerProcess.load(child, []);
      worker.catch(() => undefined);
      await vi.advanceTimersByTimeAsync(119_999);
      expect(child.killed).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      await expect(worker).rejects.toThrow('The models were not loaded in time.');
      expect(child.killed).toBe(true);
      expect(child.listenerCount('message')).toBe(1);
    });

    it('fails when the models cannot be sent', async () => {
      child.sendError = new Error('EPIPE');
      const worker = WorkerProcess.load(child, []);
      worker.catch(() => undefined);
      await vi.advanceTimersByTimeAsync(0);
      expect(child.killed).toBe(true);
      child.end(null, 'SIGKILL');
      await expect(worker).rejects.toBeInstanceOf(WorkerLostError);
    });
  });

  describe('a request', () => {
    it('gets the answer of the process, and leaves no timer', async () => {
      const worker = await loaded(child);
      const first = worker.request('one', 1_000);
      child.answer(1, 'first');
      expect(await first).toMatchObject({ answer: 'first', computeMs: 1 });
      const second = worker.request('two', 1_000);
      child.answer(2, 'second');
      expect(await second).toMatchObject({ answer: 'second' });
      expect(child.sent.slice(1)).toEqual([
        { type: 'request', requestId: 1, body: 'one' },
        { type: 'request', requestId: 2, body: 'two' },
      ]);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('fails with the reason of the process, which takes the next one', async () => {
      const worker = await loaded(child);
      const refused = worker.request('bad', 1_000);
      child.say({ type: 'failed', requestId: 1, reason: 'cannot be decoded' });
      const error = await refused.catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ message: 'cannot be decoded' });
      expect(error).not.toBeInstanceOf(WorkerLostError);
      const next = worker.request('good', 1_000);
      child.answer(2, 'fine');
      expect(await next).toMatchObject({ answer: 'fine' });
    });

    it('is refused while another one is under way', async () => {
      const worker = await loaded(child);
      const first = worker.request('one', 1_000);
      expect(() => worker.request('two', 1_000)).toThrow('A worker takes one request at a time.');
      child.answer(1, 'first');
      expect(await first).toMatchObject({ answer: 'first' });
    });

    it.each([
      { code: 3, signal: null, reason: 'ended with code 3' },
      { code: null, signal: 'SIGSEGV', reason: 'ended with SIGSEGV' },
    ])('is lost with a process that $reason', async ({ code, signal, reason }) => {
      const worker = await loaded(child);
      const request = worker.request('one', 1_000);
      child.end(code, signal);
      await expect(request).rejects.toEqual(lost(reason));
      await worker.ended;
      expect(vi.getTimerCount()).toBe(0);
    });

    it('is lost when the process does not answer in time, and the process is killed', async () => {
      const worker = await loaded(child);
      const request = worker.request('one', 8_000);
      request.catch(() => undefined);
      child.say({ type: 'begun', requestId: 1 });
      await vi.advanceTimersByTimeAsync(7_999);
      expect(child.killed).toBe(false);
      await vi.advanceTimersByTimeAsync(10);
      await expect(request).rejects.toEqual(lost('did not answer in 8000 ms'));
      await expect(request).rejects.toMatchObject({ begun: true });
      expect(child.killed).toBe(true);
      expect(worker.isAlive).toBe(false);
    });

    it('is lost when the process does not begin with it in five seconds', async () => {
      const worker = await loaded(child);
      const request = worker.request('one', 30_000);
      request.catch(() => undefined);
      await vi.advanceTimersByTimeAsync(5_001);
      await expect(request).rejects.toEqual(lost('did not begin in 5000 ms'));
      await expect(request).rejects.toMatchObject({ begun: false });
      expect(child.killed).toBe(true);
    });

    it('is lost when it cannot be sent, and the process is killed', async () => {
      const worker = await loaded(child);
      child.sendError = new Error('EPIPE');
      await expect(worker.request('one', 1_000)).rejects.toEqual(lost('cannot be reached: EPIPE'));
      expect(child.killed).toBe(true);
    });

    it('is lost at once after the process has ended, and nothing is sent', async () => {
      const worker = await loaded(child);
      child.end(0);
      await expect(worker.request('one', 1_000)).rejects.toEqual(lost('had ended'));
      expect(child.sentTypes).toEqual(['load']);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('is settled once: an answer that comes after the loss is discarded', async () => {
      const worker = await loaded(child);
      const late = worker.request('one', 10);
      late.catch(() => undefined);
      await vi.advanceTimersByTimeAsync(11);
      child.answer(1, 'late');
      await expect(late).rejects.toBeInstanceOf(WorkerLostError);
      // Nor does it answer the next request.
      await expect(worker.request('two', 10)).rejects.toEqual(lost('had ended'));
    });

    it('is lost when the process is killed, with the reason', async () => {
      const worker = await loaded(child);
      const request = worker.request('one', 1_000);
      worker.kill('took too much memory');
      await expect(request).rejects.toEqual(lost('took too much memory'));
      expect(child.killed).toBe(true);
    });
  });

  it('sends notices, and none after the end', async () => {
    const worker = await loaded(child);
    worker.notify(7);
    child.end(0);
    worker.notify(8);
    expect(child.sent.slice(1)).toEqual([{ type: 'notice', notice: 7 }]);
  });

  describe('stopping', () => {
    it('lets the request finish, and waits for the end', async () => {
      const worker = await loaded(child);
      const request = worker.request('one', 60_000);
      const stopped = worker.stop();
      child.answer(1, 'finished');
      expect(await request).toMatchObject({ answer: 'finished' });
      child.end(0);
      await stopped;
      expect(child.killed).toBe(false);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('kills a process that does not end in 15 s', async () => {
      const worker = await loaded(child);
      const stopped = worker.stop();
      await vi.advanceTimersByTimeAsync(14_999);
      expect(child.killed).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(child.killed).toBe(true);
      child.end(null, 'SIGKILL');
      await stopped;
    });

    it('asks the process once, however often it is called, and not at all after its end', async () => {
      const worker = await loaded(child);
      const both = Promise.all([worker.stop(), worker.stop()]);
      child.end(0);
      await both;
      await worker.stop();
      expect(child.sentTypes).toEqual(['load', 'stop']);
    });
  });
});
