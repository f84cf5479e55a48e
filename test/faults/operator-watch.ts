import { setTimeout as sleep } from 'node:timers/promises';
import type { Sample } from '../support/prometheus-text.js';
import type { FaultyService } from './faulty-service.js';

/** Counters that tell of faults, and the label that tells which. */
const counters: Readonly<Record<string, string>> = {
  hearken_worker_restarts_total: 'pool',
  hearken_refusals_total: 'reason',
  hearken_requests_total: 'outcome',
};
/** Lines of this level and above are for operators. */
const warnLevel = 40;
const lookEveryMs = 100;

/** What an operator sees of a service for some time: health checks, metrics and the log. */
export class OperatorWatch {
  private readonly firstLine: number;
  private readonly statuses = new Set<number>();
  private isOver = false;
  private readonly looking: Promise<void>;

  private constructor(
    private readonly service: FaultyService,
    private readonly before: ReadonlyMap<string, number>,
  ) {
    this.firstLine = service.log.length;
    this.looking = this.look();
  }

  static async begin(service: FaultyService): Promise<OperatorWatch> {
    return new OperatorWatch(service, countsIn(await service.metrics()));
  }

  /** @returns each thing that was seen, in the form of Markdown */
  async end(): Promise<readonly string[]> {
    this.isOver = true;
    await this.looking;
    const seen = new Set<string>();
    if (this.statuses.has(503)) seen.add('`/health/ready` 503');
    if (this.statuses.has(0)) seen.add('`/health/ready` does not answer');
    const after = this.service.hasEnded ? new Map<string, number>() : countsIn(await this.service.metrics());
    for (const [series, count] of after)
      if (count > (this.before.get(series) ?? 0)) seen.add(`\`${series}\``);
    for (const { level, msg } of this.service.log.slice(this.firstLine)) {
      if (level < warnLevel) continue;
      seen.add(`log: “${msg}”`);
    }
    return [...seen];
  }

  private async look(): Promise<void> {
    while (!this.isOver) {
      this.statuses.add((await this.service.health()).status);
      await sleep(lookEveryMs);
    }
  }
}

function countsIn(samples: readonly Sample[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name, labels, value } of samples) {
    const label = counters[name];
    if (label === undefined || labels[label] === undefined || labels[label] === 'ok') continue;
    const series = `${name}{${label}="${labels[label]}"}`;
    counts.set(series, (counts.get(series) ?? 0) + value);
  }
  return counts;
}
