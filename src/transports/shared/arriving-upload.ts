import { SpeechError } from '../../common/errors/speech-error.js';
import { beginningBytes, partEnd, pieceBytes } from '../../recognition/recordings/recording-bytes.js';
import type { RecordingBytes, RecordingPart } from '../../recognition/recordings/recording-bytes.js';
import { ClientWait } from './client-wait.js';
import type { HeldUpload } from './held-bytes.js';
import { untilAborted } from './request-lifetime.js';
import { UploadPart } from './upload-part.js';

/** Bytes that may arrive before they are read. */
const aheadBytes = 1_048_576;

export interface ArrivingUploadOptions {
  readonly limitBytes: number;
  /** Bytes that will come at least. */
  readonly leastBytes: number;
}

/**
 * The bytes of one upload, which are read while they arrive. It takes them no faster than they are read, and gives memory back
 * when its bytes are not needed any more, not when garbage is collected: after many clients have gone nothing would be.
 */
export class ArrivingUpload implements RecordingBytes {
  private readonly parts: UploadPart[] = [];
  private arrivedBytes = 0;
  /** Bytes that were asked for. */
  private wantedBytes = 0;
  private releasedParts = beginningBytes / pieceBytes;
  /** Parts before this one are not needed, also those that are still to come. */
  private neededFrom = 0;
  /** Memory that is kept in the place of released parts. */
  private keptBytes = 0;
  /** No more bytes will come. */
  hasEnded = false;
  private isKept = false;
  private failure: Error | undefined;
  private waiting: (() => void)[] = [];
  private readonly clientWait = new ClientWait();

  constructor(
    private readonly held: Pick<HeldUpload, 'reserve'>,
    private readonly options: ArrivingUploadOptions,
  ) {}

  get leastBytes(): number {
    return this.hasEnded ? this.arrivedBytes : Math.max(this.options.leastBytes, this.arrivedBytes);
  }

  get isReleasable(): boolean {
    return !this.isKept;
  }

  /** Since when the recognition waits for bytes of the client, if it does, and how long it did in all. */
  awaited(now: number): { readonly since: number | undefined; readonly totalMs: number } {
    return this.clientWait.awaited(now);
  }

  /** All bytes stay, and are taken as fast as they come. */
  keep(): void {
    this.isKept = true;
    this.wake();
  }

  /** @throws SpeechError BODY_TOO_LARGE, MEMORY_FULL; what it failed with */
  append(chunk: Uint8Array): void {
    if (this.failure !== undefined) throw this.failure;
    if (this.arrivedBytes + chunk.length > this.options.limitBytes) throw tooLarge(this.options.limitBytes);
    for (let from = 0; from < chunk.length;) {
      const at = Math.floor(this.arrivedBytes / pieceBytes);
      const part = (this.parts[at] ??= new UploadPart(pieceBytes, this.held));
      const bytes = chunk.subarray(from, from + pieceBytes - (this.arrivedBytes % pieceBytes));
      part.append(bytes);
      this.arrivedBytes += bytes.length;
      from += bytes.length;
    }
    this.freeUnneeded();
    this.wake();
  }

  /** No more bytes will come. */
  end(): void {
    this.hasEnded = true;
    this.wake();
  }

  /** Whatever waits for bytes fails, and no more are taken. The first failure counts. */
  fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }

  /** Gives all memory back, whoever still has a view of it. */
  free(): void {
    this.fail(new SpeechError('CANCELLED', 'The upload is no longer needed.'));
    for (const part of this.parts) part.free();
  }

  /** Waits until more bytes may come. @throws what it failed with */
  async room(): Promise<void> {
    await this.until(() => this.isKept || this.arrivedBytes - this.wantedBytes < aheadBytes);
  }

  /** Waits until more bytes than these have arrived, or all. @throws what it failed with; the reason of the signal */
  async moreThan(bytes: number, signal: AbortSignal): Promise<void> {
    await this.clientWait.during(this.until(() => this.hasEnded || this.arrivedBytes > bytes, signal));
  }

  async read(offset: number, signal: AbortSignal): Promise<RecordingPart> {
    const end = partEnd(offset);
    this.wantedBytes = Math.max(this.wantedBytes, end);
    this.wake();
    await this.moreThan(end, signal);
    const part = this.parts[end / pieceBytes - 1]?.bytes() ?? new Uint8Array(0);
    return { bytes: part.subarray(offset % pieceBytes), last: this.hasEnded && this.arrivedBytes <= end };
  }

  release(before: number, keptBytes: number): boolean {
    if (this.isKept) return false;
    try {
      this.held.reserve(keptBytes - this.keptBytes);
    } catch {
      return false;
    }
    this.keptBytes = keptBytes;
    this.neededFrom = Math.max(this.neededFrom, Math.floor(before / pieceBytes));
    this.freeUnneeded();
    return true;
  }

  async complete(signal: AbortSignal): Promise<void> {
    this.keep();
    await this.clientWait.during(this.until(() => this.hasEnded, signal));
  }

  beginning(): Uint8Array {
    return joined(this.parts.slice(0, beginningBytes / pieceBytes));
  }

  /** All bytes, of an upload that is kept. */
  bytes(): Uint8Array {
    return joined(this.parts);
  }

  private freeUnneeded(): void {
    const end = Math.min(this.neededFrom, Math.floor(this.arrivedBytes / pieceBytes));
    for (; this.releasedParts < end; this.releasedParts++) this.parts[this.releasedParts]?.free();
  }

  private async until(isTrue: () => boolean, signal?: AbortSignal): Promise<void> {
    for (;;) {
      if (this.failure !== undefined) throw this.failure;
      if (isTrue()) return;
      const change = new Promise<void>((resolve) => this.waiting.push(resolve));
      await (signal === undefined ? change : untilAborted(change, signal));
    }
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

function joined(parts: readonly UploadPart[]): Uint8Array {
  return Buffer.concat(parts.map((part) => part.bytes()));
}

/** BODY_TOO_LARGE of an upload, announced or arrived. */
export function tooLarge(limitBytes: number): SpeechError {
  return new SpeechError('BODY_TOO_LARGE', `The upload is larger than the limit of ${limitBytes} bytes.`);
}
