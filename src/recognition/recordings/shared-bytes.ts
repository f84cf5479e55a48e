import { orCancelled } from '../../inference/scheduling/cancellation.js';
import { pieceBytes } from './recording-bytes.js';
import type { RecordingBytes, RecordingPart } from './recording-bytes.js';

/** A reading may be this much ahead of the slowest one: what it has read and others have not is held. */
const aheadBytes = pieceBytes;

/** One of the readings. */
interface Reader {
  /** Offset that it asked for last. */
  offset: number;
  /** It got the last part. */
  hasEnded: boolean;
  /** It needs nothing before this offset any more, and what is kept in its place. */
  released: number;
  keptBytes: number;
}

/**
 * The bytes of one recording for several readings of it, such as one for each channel. All of them have to be iterated at once:
 * none gets far ahead of the others, and a part is given back when none of them needs it any more.
 */
export class SharedBytes {
  private readonly readers: Reader[] = [];
  private isComplete = false;
  private waiting: (() => void)[] = [];

  constructor(private readonly bytes: RecordingBytes) {}

  /** The bytes for one more reading, from the beginning on. Nothing is given back before `allOpen`. */
  open(): RecordingBytes {
    const { bytes } = this;
    const reader: Reader = { offset: 0, hasEnded: false, released: 0, keptBytes: 0 };
    this.readers.push(reader);
    const isReleasable = (): boolean => this.isComplete && bytes.isReleasable;
    return {
      get leastBytes() {
        return bytes.leastBytes;
      },
      get isReleasable() {
        return isReleasable();
      },
      read: (offset, signal) => this.read(reader, offset, signal),
      release: (before, keptBytes) => this.release(reader, before, keptBytes),
      complete: (signal) => bytes.complete(signal),
      beginning: () => bytes.beginning(),
    };
  }

  /** No more readings come. */
  allOpen(): void {
    this.isComplete = true;
  }

  private async read(reader: Reader, offset: number, signal: AbortSignal): Promise<RecordingPart> {
    this.change(reader, { offset, hasEnded: false });
    while (this.isComplete && this.isAhead(reader)) {
      await orCancelled(new Promise<void>((resolve) => this.waiting.push(resolve)), signal);
    }
    const part = await this.bytes.read(offset, signal);
    if (part.last) this.change(reader, { hasEnded: true });
    return part;
  }

  private release(reader: Reader, before: number, keptBytes: number): boolean {
    const others = this.readers.filter((other) => other !== reader);
    const first = Math.min(before, ...others.map(({ released }) => released));
    const kept = others.reduce((sum, other) => sum + other.keptBytes, keptBytes);
    if (!this.bytes.release(first, kept)) return false;
    this.change(reader, { released: before, keptBytes });
    return true;
  }

  private isAhead({ offset }: Reader): boolean {
    return this.readers.some((other) => !other.hasEnded && offset > other.offset + aheadBytes);
  }

  private change(reader: Reader, values: Partial<Reader>): void {
    Object.assign(reader, values);
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
