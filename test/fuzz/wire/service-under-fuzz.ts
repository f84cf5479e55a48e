import { cpuSecondsOf, processTree, proportionalBytesOf, sum } from '../../../bench/shared/process-tree.mjs';
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
  // A refusal for want of a place would hide what it refuses.
  MAX_STREAMS: '64',
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

  static async start(): Promise<ServiceUnderFuzz> {
    const process = ServiceProcess.start(settings);
    const service = new ServiceUnderFuzz(process, await process.url());
    await until(async () => (await fetch(`${service.url}/health/ready`)).ok, 120);
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
    const ready = await fetch(`${this.url}/health/ready`);
    if (!ready.ok) throw new Find(`not ready: ${ready.status}`);
    if (this.process.stderr !== '') throw new Find(`on stderr: ${this.process.stderr.slice(0, 3_000)}`);
    const [errors] = this.process.stdout.split('\n').filter((line) => line.includes('"level":50'));
    if (errors !== undefined) throw new Find(`in the log: ${errors.slice(0, 600)}`);
  }

  private async metrics(): Promise<string> {
    return (await fetch(`${this.url}/metrics`)).text();
  }

  async end(): Promise<void> {
    this.process.kill('SIGTERM');
    await this.process.exitCode();
  }
}
