import { Injectable, Logger } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';

/** Refusals of clients that come at a bad moment. Those of one that does something wrong are logged one by one. */
const counted: readonly SpeechErrorCode[] = [
  'TOO_MANY_REQUESTS',
  'RATE_LIMIT_EXCEEDED',
  'NO_CAPACITY',
  'MEMORY_FULL',
  'QUEUE_FULL',
];

export function isCounted(code: SpeechErrorCode | undefined): boolean {
  return code !== undefined && counted.includes(code);
}

const intervalMs = 10_000;

interface Count {
  code: SpeechErrorCode;
  refused: number;
  /** By the name of the key; there are no more than configured keys. */
  readonly byKey: Map<string, number>;
}

/** Logs how many were refused for want of capacity: a line for each of them would cost more than its refusal does. */
@Injectable()
export class RefusalLog implements OnApplicationShutdown {
  private readonly logger = new Logger('Refusals');
  private readonly counts = new Map<SpeechErrorCode, Count>();
  private timer: NodeJS.Timeout | undefined;

  add(code: SpeechErrorCode, keyName = ''): void {
    let count = this.counts.get(code);
    if (count === undefined) this.counts.set(code, (count = { code, refused: 0, byKey: new Map() }));
    count.refused++;
    if (keyName !== '') count.byKey.set(keyName, (count.byKey.get(keyName) ?? 0) + 1);
    this.timer ??= setTimeout(() => this.write(), intervalMs).unref();
  }

  onApplicationShutdown(): void {
    this.write();
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const { code, refused, byKey } of this.counts.values()) {
      const keys = byKey.size === 0 ? {} : { keys: Object.fromEntries(byKey) };
      this.logger.warn({ msg: 'refused for want of capacity', code, refused, ...keys });
    }
    this.counts.clear();
  }
}
