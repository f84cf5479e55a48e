import type { ContainerHeader } from '../container-header.js';
import type { SampleFormat } from '../sample-format.js';
import type { FoundSamples, HeaderReading, Trailer } from './header-reading.js';

/** Feeds the reading of a header with bytes that arrive in pieces of any size. It buffers only what the reading keeps. */
export class HeaderReader implements ContainerHeader {
  private kept: Uint8Array | undefined;
  private wanted = 0;
  private passed = 0;
  private position = 0;
  private found: FoundSamples | undefined;
  private failure: Error | undefined;

  constructor(private readonly reading: HeaderReading) {
    this.advance();
  }

  get format(): SampleFormat | undefined {
    return this.found?.format;
  }

  get dataStart(): number | undefined {
    return this.found && this.position;
  }

  get dataBytes(): number {
    return this.found?.claimedBytes ?? 0;
  }

  get trailer(): Trailer | undefined {
    return this.found?.trailer;
  }

  push(bytes: Uint8Array): number {
    if (this.failure !== undefined) throw this.failure;
    let from = 0;
    while (this.found === undefined && from < bytes.length) {
      const count = Math.min(this.wanted - this.passed, bytes.length - from);
      this.kept?.set(bytes.subarray(from, from + count), this.passed);
      this.passed += count;
      this.position += count;
      from += count;
      if (this.passed === this.wanted) this.advance();
    }
    return from;
  }

  private advance(): void {
    const { buffer } = this.kept ?? new Uint8Array(0);
    try {
      const next = this.reading.next(new DataView(buffer));
      if (next.done === true) {
        this.found = next.value;
        return;
      }
      const { count, kept } = next.value;
      this.wanted = count;
      this.passed = 0;
      this.kept = kept ? new Uint8Array(count) : undefined;
    } catch (error) {
      this.failure = error as Error;
      throw error;
    }
  }
}
