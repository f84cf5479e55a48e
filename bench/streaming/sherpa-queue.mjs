import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Decoding processes with one queue before them: finals in order, then partials, of each stream the newest only. */
export class DecodingQueue {
  #idle = [];
  #finals = [];
  #partials = new Map();
  #waiting = new Map();
  #nextId = 1;

  static async start(size, workerModel) {
    const queue = new DecodingQueue();
    await Promise.all(Array.from({ length: size }, () => queue.#addWorker(workerModel)));
    return queue;
  }

  /** @param {Float32Array} samples shape (samples) @returns {Promise<string>} */
  final(samples) {
    return new Promise((resolve) => {
      this.#finals.push({ samples: () => samples, resolve });
      this.#dispatch();
    });
  }

  /**
   * In place of the one of the same stream that still waits.
   * @param {() => Float32Array} samples asked for when its turn has come, so that it is the newest audio
   * @param {(text: string) => void} resolve
   */
  partial(owner, samples, resolve) {
    // A partial that waits keeps its place.
    this.#partials.set(owner, { samples, resolve });
    this.#dispatch();
  }

  forgetPartial(owner) {
    this.#partials.delete(owner);
  }

  #dispatch() {
    while (this.#idle.length > 0) {
      const job = this.#finals.shift() ?? this.#nextPartial();
      if (job === undefined) return;
      const id = this.#nextId++;
      this.#waiting.set(id, job.resolve);
      this.#idle.pop().send({ id, samples: job.samples() });
    }
  }

  #nextPartial() {
    for (const [owner, job] of this.#partials) {
      this.#partials.delete(owner);
      return job;
    }
    return undefined;
  }

  async #addWorker(workerModel) {
    const worker = fork(fileURLToPath(new URL('sherpa-decoder.mjs', import.meta.url)), [], {
      serialization: 'advanced',
    });
    // Hearken lowers the priority of its workers; the reference gets the same.
    setPriority(worker.pid, 5);
    worker.send({ workerModel });
    await once(worker, 'message');
    worker.on('message', (/** @type {{ id: number, text: string }} */ { id, text }) => {
      this.#idle.push(worker);
      const resolve = this.#waiting.get(id);
      this.#waiting.delete(id);
      resolve(text);
      this.#dispatch();
    });
    this.#idle.push(worker);
  }
}
