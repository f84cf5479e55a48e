import { fork, execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

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
    setPriority(this.#child.pid, 5);
    this.#child.on('message', ({ id, result, error }) => {
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

  /** Of the engine's process and all that it started, since they started; good to a hundredth of a second. */
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

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function processTree(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(processTree)];
}

function cpuSecondsOf(pid) {
  // The name in brackets may contain anything; utime and stime are fields 14 and 15.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function peakBytesOf(pid) {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}
