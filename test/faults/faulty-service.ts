import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSamples, valueOf } from '../support/prometheus-text.js';
import type { Sample } from '../support/prometheus-text.js';
import {
  childrenOf,
  descriptorsOf,
  isRunning,
  isStopped,
  kindOf,
  processKinds,
  residentBytesOf,
} from './proc.js';
import type { ProcessKind } from './proc.js';

/** None outlives the suite. */
const started = new Set<ChildProcess>();
process.once('exit', () => started.forEach((child) => child.kill('SIGKILL')));

/** Two keys, so that there is a spare inference process. */
export const keys = { alice: 'key-of-alice', bob: 'key-of-bob' };
const hashes = Object.entries(keys)
  .map(([name, key]) => `${name}=${createHash('sha256').update(key).digest('hex')}`)
  .join(',');

export type Settings = Readonly<Record<string, string>>;

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly reason?: string;
  readonly [field: string]: unknown;
}

/** What has to be the same after a fault. */
export interface State {
  readonly ready: boolean;
  readonly processes: string;
  readonly descriptors: number;
  readonly places: number;
  readonly heldBytes: number;
  readonly queued: number;
  readonly residentMegabytes: number;
}

export interface StartOptions {
  /** Of node, before the entry. */
  readonly nodeArgs?: readonly string[];
  /** A command that becomes the service: its words come before those of node. */
  readonly through?: readonly string[];
  /** A descriptor for the log; by default the suite reads it. */
  readonly logTo?: number;
}

/** Descriptors that may be open more: a connection that waits for the next request. */
const moreDescriptors = 6;
/** Memory that allocators keep, for all processes. */
const moreMegabytes = 400;

/** The service as it is built, in a process of its own, with everything that a fault needs to know of it. */
export class FaultyService {
  readonly log: LogLine[] = [];
  output = '';
  private portText = '';
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;

  private constructor(
    readonly child: ChildProcess,
    readonly settings: Settings,
  ) {
    let rest = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.read(line);
    });
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.exited = once(child, 'exit').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as string | null,
    }));
  }

  /** Starts it and waits until it is ready. @throws Error with its output if it ends */
  static async start(settings: Settings, options: StartOptions = {}): Promise<FaultyService> {
    const { nodeArgs = [], through = [], logTo } = options;
    const [command = process.execPath, ...args] = [...through, process.execPath, ...nodeArgs, 'dist/main.js'];
    const child = spawn(command, args, {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        PORT: '0',
        WORKERS: '2',
        API_KEYS: hashes,
        WORKER_TIMEOUT_MS: '20000',
        // How fast the machine is, is not what is tested.
        MAX_STREAM_LAG_MS: '60000',
        LOG_FORMAT: 'json',
        ...settings,
      },
      stdio: ['ignore', logTo ?? 'pipe', 'pipe'],
    });
    const service = new FaultyService(child, settings);
    started.add(child);
    if (settings['PORT'] !== undefined) service.portText = settings['PORT'];
    await service.until(async () => {
      if (child.exitCode !== null) throw new Error(`the service ended: ${service.output}`);
      return service.portText !== '' && (await service.isReady());
    }, 60);
    return service;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get url(): string {
    return `http://127.0.0.1:${this.portText}`;
  }

  get port(): number {
    return Number(this.portText);
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** All processes that it has started, those that load models too. */
  processes(): { readonly pid: number; readonly kind: ProcessKind }[] {
    return childrenOf(this.pid).flatMap((pid) => {
      const kind = kindOf(pid);
      return kind === undefined || !isRunning(pid) ? [] : [{ pid, kind }];
    });
  }

  pidsOf(kind: ProcessKind): number[] {
    return this.processes().flatMap((one) => (one.kind === kind ? one.pid : []));
  }

  async health(path = '/health/ready'): Promise<{ readonly status: number; readonly body: string }> {
    try {
      const answer = await fetch(this.url + path, { signal: AbortSignal.timeout(2_000) });
      return { status: answer.status, body: await answer.text() };
    } catch {
      return { status: 0, body: '' };
    }
  }

  async isReady(): Promise<boolean> {
    return (await this.health()).status === 200;
  }

  /** Pieces of audio that processes decode at this moment. */
  async running(): Promise<number> {
    return Number(/"running":(\d+)/.exec((await this.health()).body)?.[1] ?? 0);
  }

  async metrics(): Promise<readonly Sample[]> {
    const answer = await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(5_000) });
    return readSamples(await answer.text());
  }

  async state(): Promise<State> {
    const [{ status }, samples] = [await this.health(), await this.metrics().catch(() => [])];
    const all = this.processes().filter(({ pid }) => !isStopped(pid));
    const [ready, wanted] = ['hearken_workers_ready', 'hearken_workers_wanted'].map((name) =>
      valueOf(samples, name),
    );
    return {
      ready: status === 200 && ready === wanted && ready !== undefined,
      processes: processKinds
        .map((kind) => `${kind} ${all.filter((one) => one.kind === kind).length}`)
        .join(', '),
      descriptors: descriptorsOf(this.pid),
      places: valueOf(samples, 'hearken_places_used') ?? -1,
      heldBytes: valueOf(samples, 'hearken_held_bytes') ?? -1,
      queued: (valueOf(samples, 'hearken_queued_segments') ?? -1) + (await this.running()),
      residentMegabytes: Math.round(
        [this.pid, ...all.map(({ pid }) => pid)].reduce((sum, pid) => sum + residentBytesOf(pid), 0) / 1e6,
      ),
    };
  }

  /** Waits until it is ready again with all of its processes. @returns ms since then, by the clock of performance.now() */
  async untilRecovered(before: State, since: number, seconds = 180): Promise<number> {
    let now = before;
    await this.until(async () => {
      now = await this.state();
      return now.ready && now.processes === before.processes;
    }, seconds).catch(() => {
      throw new Error(`not recovered after ${seconds} s: ${now.processes}`);
    });
    return performance.now() - since;
  }

  /**
   * Waits until everything is as it was. @returns ms since `since`, by the clock of performance.now()
   * @throws Error that names the difference, after `seconds`
   */
  async untilAsBefore(before: State, since: number, seconds = 60): Promise<number> {
    let difference = '';
    await this.until(async () => {
      difference = differenceOf(before, await this.state());
      return difference === '';
    }, seconds).catch(() => {
      throw new Error(`not as before after ${seconds} s: ${difference}`);
    });
    return performance.now() - since;
  }

  async until(holds: () => boolean | Promise<boolean>, seconds = 30): Promise<void> {
    const end = performance.now() + seconds * 1_000;
    while (!(await holds())) {
      if (performance.now() > end) throw new Error(`it did not come to hold in ${seconds} seconds`);
      await sleep(20);
    }
  }

  /** Ends it at once, with all of its processes. */
  async kill(): Promise<void> {
    const pids = this.processes().map(({ pid }) => pid);
    this.signal('SIGKILL');
    if (!this.hasEnded) await this.exited;
    for (const pid of pids) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  }

  private read(line: string): void {
    const found = /listens on http:\/\/[^:]+:(\d+)/.exec(line)?.[1];
    if (found !== undefined) this.portText = found;
    try {
      this.log.push(JSON.parse(line) as LogLine);
    } catch {
      this.output += `${line}\n`;
    }
  }
}

function differenceOf(before: State, now: State): string {
  const differences = [
    now.ready ? '' : 'not ready',
    now.processes === before.processes ? '' : `${now.processes} instead of ${before.processes}`,
    now.descriptors <= before.descriptors + moreDescriptors
      ? ''
      : `${now.descriptors} descriptors instead of ${before.descriptors}`,
    now.places === 0 ? '' : `${now.places} places are taken`,
    now.heldBytes === 0 ? '' : `${now.heldBytes} bytes are held`,
    now.queued === 0 ? '' : `${now.queued} pieces wait or run`,
    now.residentMegabytes <= before.residentMegabytes + moreMegabytes
      ? ''
      : `${now.residentMegabytes} MB instead of ${before.residentMegabytes}`,
  ];
  return differences.filter((text) => text !== '').join(', ');
}
