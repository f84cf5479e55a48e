import type { Trailer } from './header-reading.js';

type OnSamples = (bytes: Uint8Array) => void;

const none = new Uint8Array(0);

/**
 * Finds the end of the samples of a container. Headers are written before recordings end, so bytes after the claimed
 * number of samples are samples too unless they are a chunk; everything after such a chunk is discarded.
 */
export class SamplesEnd {
  private left: number;
  private readonly head: Uint8Array;
  private held = 0;
  private ended = false;

  constructor(
    claimedBytes: number,
    private readonly trailer: Trailer | undefined,
  ) {
    this.left = trailer === undefined ? Infinity : claimedBytes;
    this.head = trailer === undefined ? none : new Uint8Array(trailer.padding + trailer.nameBytes);
  }

  /** @param onSamples receives the bytes of samples in order; they are valid until it returns */
  push(bytes: Uint8Array, onSamples: OnSamples): void {
    const claimed = bytes.subarray(0, this.left);
    this.left -= claimed.length;
    if (claimed.length > 0) onSamples(claimed);
    const after = bytes.subarray(claimed.length);
    if (after.length > 0 && !this.ended) this.examine(after, onSamples);
  }

  /** To be called after the last bytes. */
  flush(onSamples: OnSamples): void {
    if (this.held > (this.trailer?.padding ?? 0)) onSamples(this.head.subarray(0, this.held));
    this.held = 0;
  }

  private examine(bytes: Uint8Array, onSamples: OnSamples): void {
    const { head, trailer } = this;
    const count = Math.min(head.length - this.held, bytes.length);
    head.set(bytes.subarray(0, count), this.held);
    this.held += count;
    if (this.held < head.length || trailer === undefined) return;
    const { padding, nameBytes, isName } = trailer;
    this.ended = isName(head.subarray(0, nameBytes)) || isName(head.subarray(padding));
    this.held = 0;
    if (this.ended) return;
    this.left = Infinity;
    onSamples(head);
    this.push(bytes.subarray(count), onSamples);
  }
}
