import { fork } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { cpuSecondsOf, peakBytesOf, processTree, sum } from '../shared/process-tree.mjs';

/** @typedef {{ id: number, result?: any, error?: string }} Answer what host.mjs sends */

/** One engine in its own process, seen from the bench. */
export class EngineHost {
  #child;
  #waiting = new Map();
  #nextId = 1;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('host.mjs', import.meta.url)), [], {
      serialization: 'advanced',
      env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    });
    // Hearken lowers the priority of its workers; the peers get the same.
    setPriority(this.#child.pid, Math.min(19, getPriority() + 5));
    this.#child.on('message', (/** @type {Answer} */ { id, result, error }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    });
    this.exited = new Promise((resolve) => this.#child.once('exit', resolve));
    void this.exited.then((code) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`the engine's process ended (${code})`));
    });
  }

  ask(command, argument) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, command, argument });
    });
  }

  /** Processor time of the engine's process and its descendants, to a hundredth of a second. */
  cpuSeconds() {
    return sum(processTree(this.#child.pid).map(cpuSecondsOf));
  }

  /** The sum of the highest resident sizes; pages that processes share are counted for each. */
  peakBytes() {
    return sum(processTree(this.#child.pid).map(peakBytesOf));
  }

  async close() {
    this.ask('close').catch(() => undefined);
    await this.exited;
  }
}
