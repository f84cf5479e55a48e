import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { withServiceEnvironment } from '../../scripts/service-environment.mjs';
import { root } from '../../scripts/setup.mjs';
import {
  anonymousBytesOf,
  cpuSecondsOf,
  openSocketsOf,
  processTree,
  proportionalBytesOf,
  residentBytesOf,
  sum,
} from './process-tree.mjs';

/** A running service and its processes, seen from outside. */
export class Service {
  #child;

  constructor(url, pid, child) {
    this.url = url;
    /** Undefined where the service runs elsewhere; then nothing is known of its time and memory. */
    this.pid = pid;
    this.#child = child;
  }

  /** @param {string} entry relative to the project @param {Record<string, string>} variables */
  static start(entry, variables) {
    const child = spawn(process.execPath, [join(root, entry)], {
      cwd: root,
      env: withServiceEnvironment({
        PATH: process.env.PATH,
        HOST: '127.0.0.1',
        PORT: '0',
        LOG_LEVEL: 'warn',
        ...variables,
      }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    return new Promise((resolve, reject) => {
      let output = '';
      child.stdout.on('data', (chunk) => {
        output += chunk;
        const url = /listens on (\S+)/.exec(output)?.[1];
        if (url !== undefined) resolve(new Service(url, child.pid, child));
      });
      child.once('exit', (code) => reject(new Error(`${entry} ended (${code}) before it listened`)));
    });
  }

  get isOnThisMachine() {
    return this.pid !== undefined;
  }

  /** Processor time of all its processes since they started. */
  cpuSeconds() {
    return sum(processTree(this.pid).map(cpuSecondsOf));
  }

  memory() {
    const pids = processTree(this.pid);
    const proportional = pids.map(proportionalBytesOf);
    return {
      proportionalBytes: sum(proportional),
      /** In the order in which they were started, the one that talks to clients first. */
      proportionalBytesOfEach: proportional,
      anonymousBytes: sum(pids.map(anonymousBytesOf)),
      residentBytes: sum(pids.map(residentBytesOf)),
    };
  }

  /** Figures of the process that serves clients. */
  openSockets() {
    return openSocketsOf(this.pid);
  }

  /** The graphs that its models run on, with their degradations; undefined if it does not report them. */
  async graphs() {
    const response = await fetch(new URL('/health/ready', this.url)).catch(() => undefined);
    if (!response?.ok) return undefined;
    return (await response.json()).details?.recognition?.graphs;
  }

  /**
   * The 99th percentile of the event loop's delay, in ms; undefined if the service does not report it. A summary covers
   * the time since the start, or since the last reading.
   */
  async eventLoopDelayMs() {
    const response = await fetch(new URL('/metrics', this.url)).catch(() => undefined);
    if (!response?.ok) return undefined;
    const line = /^hearken_event_loop_delay_seconds\{[^}]*quantile="0\.99"[^}]*\} (\S+)$/m;
    const seconds = line.exec(await response.text())?.[1];
    return seconds === undefined ? undefined : Number(seconds) * 1000;
  }

  async stop() {
    if (this.#child === undefined) return;
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(impatience);
  }
}
