import { cpuSecondsOf, processTree, residentBytesOf } from '../../../bench/shared/process-tree.mjs';
import { readSamples, valueOf } from '../../support/prometheus-text.js';
import { ServiceProcess } from '../../support/service-process.js';
import { until } from '../../support/transcribe.js';
import { Find } from '../fuzz-target.js';

const settings = {
  PORT: '0',
  HOST: '127.0.0.1',
  WORKERS: '1',
  MODELS: 'moonshine-tiny-en',
  LOG_LEVEL: 'error',
  MAX_UPLOAD_BYTES: '400000',
  MAX_AUDIO_SECONDS: '60',
};

/** Gauges that are back at 0 when no client is there, and counters that never move. */
const zero = [
  'hearken_places_used',
  'hearken_held_bytes',
  'hearken_queued_segments',
  'hearken_worker_restarts_total',
] as const;
const settleSeconds = 15;

/** The service in processes of its own, which are looked at from outside. */
export class ServiceUnderFuzz {
  private pids: readonly number[] = [];

  private constructor(
    private readonly process: ServiceProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<ServiceUnderFuzz> {
    const process = ServiceProcess.start(settings);
    const service = new ServiceUnderFuzz(process, await process.url());
    await until(async () => (await fetch(`${service.url}/health/ready`)).ok, 120);
    service.pids = processTree(process.pid);
    return service;
  }

  /** Processor time of all its processes so far. */
  cpuMs(): number {
    // A process for compressed live audio is started by the first such stream.
    return 1_000 * processTree(this.process.pid).reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  }

  memoryBytes(): number {
    return processTree(this.process.pid).reduce((sum, pid) => sum + residentBytesOf(pid), 0);
  }

  /** @throws Find when a process was replaced, something is still held, or the service is not ready */
  async checkIsIdle(): Promise<void> {
    const now = processTree(this.process.pid);
    for (const pid of this.pids) if (!now.includes(pid)) throw new Find(`process ${pid} has ended`);
    let held = '';
    const isIdle = async (): Promise<boolean> => {
      const samples = readSamples(await (await fetch(`${this.url}/metrics`)).text());
      const values = zero.map((name) => `${name} ${valueOf(samples, name) ?? 0}`);
      held = values.filter((value) => !value.endsWith(' 0')).join(', ');
      return held === '';
    };
    await until(isIdle, settleSeconds).catch(() => {
      throw new Find(`still held: ${held}`);
    });
    const ready = await fetch(`${this.url}/health/ready`);
    if (!ready.ok) throw new Find(`not ready: ${ready.status}`);
    if (this.process.stderr !== '') throw new Find(`on stderr: ${this.process.stderr.slice(0, 300)}`);
    const [errors] = this.process.stdout.split('\n').filter((line) => line.includes('"level":50'));
    if (errors !== undefined) throw new Find(`in the log: ${errors.slice(0, 600)}`);
  }

  async end(): Promise<void> {
    this.process.kill('SIGTERM');
    await this.process.exitCode();
  }
}
