import {
  cpuSecondsOf,
  openSocketsOf,
  processTree,
  proportionalBytesOf,
  sum,
} from '../../../bench/shared/process-tree.mjs';
import type { IncomingMessage } from 'node:http';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { ServiceProcess } from '../../support/service-process.js';
import { until } from '../../support/transcribe.js';
import { Find } from '../fuzz-target.js';
import { checkNoneReplaced, heldIn } from './idle-metrics.js';

const settings = {
  PORT: '0',
  HOST: '127.0.0.1',
  WORKERS: '1',
  MODELS: 'moonshine-tiny-en',
  LOG_LEVEL: 'error',
  NODE_OPTIONS: '--trace-warnings',
  MAX_UPLOAD_BYTES: '400000',
  MAX_AUDIO_SECONDS: '60',
  // A refusal for want of a place, or of time, would hide what it refuses.
  MAX_STREAMS: '64',
  MAX_WAIT_MS: '0',
};

/** After the last input: recognition of what clients have left behind ends by then. */
const settleSeconds = 15;
/** To find all processes costs more than most inputs. */
const treeAgeMs = 500;

/** The service in processes of its own, which are looked at from outside. */
export class ServiceUnderFuzz {
  /** Those that were there when it was ready. */
  private first: readonly number[] = [];
  private tree: readonly number[] = [];
  private treeAtMs = -Infinity;

  private constructor(
    private readonly process: ServiceProcess,
    readonly url: string,
  ) {}

  /**
   * @param added settings
   * @param entry the module that starts the service, and its arguments
   */
  static async start(
    added: Readonly<Record<string, string>> = {},
    entry?: readonly string[],
  ): Promise<ServiceUnderFuzz> {
    const process = ServiceProcess.start({ ...settings, ...added }, entry);
    const service = new ServiceUnderFuzz(process, await process.url());
    await until(async () => (await service.get('/health/ready')).status === 200, 120);
    service.first = processTree(process.pid);
    return service;
  }

  /** Processor time of all its processes so far. */
  cpuMs(): number {
    const now = performance.now();
    // A process for compressed live audio is started by the first such stream.
    if (now > this.treeAtMs + treeAgeMs) {
      this.tree = processTree(this.process.pid);
      this.treeAtMs = now;
    }
    return 1_000 * sum(this.tree.map(cpuSecondsOf));
  }

  memoryBytes(): number {
    return sum(processTree(this.process.pid).map(proportionalBytesOf));
  }

  /** @throws Find when something is still held */
  async untilIdle(): Promise<void> {
    let held = '';
    const isIdle = async (): Promise<boolean> => {
      held = heldIn(await this.metrics());
      return held === '';
    };
    await until(isIdle, settleSeconds).catch((error: unknown) => {
      throw error instanceof Find ? error : new Find(`still held: ${held}`);
    });
  }

  /** @throws Find when a process was replaced, something is still held, or the service is not ready */
  async checkIsIdle(): Promise<void> {
    const now = processTree(this.process.pid);
    for (const pid of this.first) if (!now.includes(pid)) throw new Find(`process ${pid} has ended`);
    checkNoneReplaced(await this.metrics());
    await this.untilIdle();
    const { status } = await this.get('/health/ready');
    if (status !== 200) throw new Find(`not ready: ${status}`);
    if (this.process.stderr !== '') throw new Find(`on stderr: ${this.process.stderr.slice(0, 3_000)}`);
    const [errors] = this.process.stdout.split('\n').filter((line) => line.includes('"level":50'));
    if (errors !== undefined) throw new Find(`in the log: ${errors.slice(0, 600)}`);
  }

  /** Sockets that the main process has open. */
  openSockets(): number {
    return openSocketsOf(this.process.pid);
  }

  /** @throws Find when more sockets than this stay open */
  async untilSockets(most: number): Promise<void> {
    await until(() => this.openSockets() <= most, settleSeconds + 5).catch(() => {
      throw new Find(`${this.openSockets() - most} sockets stay open`);
    });
  }

  private async metrics(): Promise<string> {
    return (await this.get('/metrics')).body;
  }

  private async get(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const request = this.url.startsWith('https:') ? secureRequest : plainRequest;
    const asked = request(this.url + path, { agent: false, rejectUnauthorized: false });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, body: await text(answer) };
  }

  async end(): Promise<void> {
    this.process.kill('SIGTERM');
    await this.process.exitCode();
  }
}
