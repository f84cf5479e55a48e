import { SpeechError } from '../../common/errors/speech-error.js';
import type { HeldUpload } from './held-bytes.js';

/** The memory grows by this much. */
const stepBytes = 65_536;

/** A buffer that grows and shrinks in place, with pages that the system gives and takes at once. */
type GrowingBuffer = ArrayBuffer & { resize(bytes: number): void };
const GrowingBuffer = ArrayBuffer as unknown as new (
  bytes: number,
  options: { maxByteLength: number },
) => GrowingBuffer;

/** Some bytes of an upload. It has about as much memory as bytes have come, and gives it back at once. */
export class UploadPart {
  private readonly buffer: GrowingBuffer;
  private length = 0;

  /** @throws SpeechError MEMORY_FULL */
  constructor(
    private readonly mostBytes: number,
    private readonly held: Pick<HeldUpload, 'reserve'>,
  ) {
    // Addresses, not memory.
    this.buffer = orFull(() => new GrowingBuffer(0, { maxByteLength: mostBytes }));
  }

  /** @throws SpeechError MEMORY_FULL */
  append(bytes: Uint8Array): void {
    const needed = this.length + bytes.length;
    if (needed > this.buffer.byteLength) {
      this.resize(Math.min(this.mostBytes, Math.ceil(needed / stepBytes) * stepBytes));
    }
    new Uint8Array(this.buffer, this.length, bytes.length).set(bytes);
    this.length = needed;
  }

  /** Without a copy; empty once the memory is given back. */
  bytes(): Uint8Array {
    return new Uint8Array(this.buffer, 0, Math.min(this.length, this.buffer.byteLength));
  }

  /** Gives the memory back, whoever still has a view of it. */
  free(): void {
    this.resize(0);
  }

  private resize(capacity: number): void {
    this.held.reserve(capacity - this.buffer.byteLength);
    orFull(() => this.buffer.resize(capacity));
  }
}

/** @throws SpeechError MEMORY_FULL where the system gives none */
function orFull<T>(allocate: () => T): T {
  try {
    return allocate();
  } catch (cause) {
    throw new SpeechError('MEMORY_FULL', 'The system has no memory for this upload.', { cause });
  }
}
