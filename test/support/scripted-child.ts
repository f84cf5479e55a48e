import { EventEmitter } from 'node:events';
import type { FromWorker, ToWorker } from '../../src/inference/worker-protocol.js';
import type { WorkerChild } from '../../src/inference/worker-process.js';

/** A child process that sends and ends when the test says so. */
export class ScriptedChild extends EventEmitter implements WorkerChild {
  readonly pid = 1;
  readonly sent: ToWorker<string>[] = [];
  /** With what the next messages cannot be sent. */
  sendError: Error | null = null;
  killed = false;

  send(message: object, onSent: (error: Error | null) => void): boolean {
    this.sent.push(message as ToWorker<string>);
    const error = this.sendError;
    queueMicrotask(() => onSent(error));
    return error === null;
  }

  /** As a real process does, it ends a moment later: see `end`. */
  kill(): boolean {
    this.killed = true;
    return true;
  }

  say(message: FromWorker<string>): void {
    this.emit('message', message);
  }

  answer(requestId: number, answer: string): void {
    this.say({ type: 'answer', requestId, answer, computeMs: 1 });
  }

  end(code: number | null, signal: string | null = null): void {
    this.emit('exit', code, signal);
  }

  get sentTypes(): readonly string[] {
    return this.sent.map(({ type }) => type);
  }
}
