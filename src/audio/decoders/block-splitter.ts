import type { ObjectState } from '../../common/object-state.js';
import type { SampleCodec } from './sample-codec.js';

/** Feeds whole blocks to a codec from pieces of any size. It allocates only its output. */
export class BlockSplitter {
  private readonly carried: Uint8Array;
  private carriedBytes = 0;
  /** The error of a block that follows decoded ones: thrown by the next call, after their samples were returned. */
  private failure: Error | undefined;
  /** Gives zeros instead of decoding, to get to where another one is: the state of the codec follows. */
  isCounting = false;

  constructor(private readonly codec: SampleCodec) {
    this.carried = new Uint8Array(codec.blockBytes);
  }

  /** With it, and after the same number of bytes, another one goes on; undefined if it cannot. */
  get state(): { readonly codec: ObjectState | undefined } | undefined {
    return this.failure === undefined ? { codec: this.codec.state?.() } : undefined;
  }

  restore(codec: ObjectState | undefined): void {
    if (codec !== undefined) this.codec.restore?.(codec);
  }

  /**
   * @returns interleaved samples of the blocks that are now complete; undefined if none is
   * @throws SpeechError AUDIO_CORRUPT for a block that cannot be decoded
   */
  push(bytes: Uint8Array): Float32Array | undefined {
    if (this.failure !== undefined) throw this.failure;
    const { codec, carried } = this;
    const blocks = Math.floor((this.carriedBytes + bytes.length) / codec.blockBytes);
    if (blocks === 0) {
      carried.set(bytes, this.carriedBytes);
      this.carriedBytes += bytes.length;
      return undefined;
    }
    const out = new Float32Array(blocks * codec.framesPerBlock * codec.channels);
    let from = 0;
    let at = 0;
    let left = blocks;
    if (this.carriedBytes > 0) {
      from = codec.blockBytes - this.carriedBytes;
      carried.set(bytes.subarray(0, from), this.carriedBytes);
      if (!this.isCounting) codec.decode(carried, 0, 1, out, 0);
      at = codec.framesPerBlock * codec.channels;
      left--;
    }
    const decoded = this.decodeBlocks(bytes, from, left, out, at);
    if (this.failure !== undefined)
      return out.subarray(0, at + decoded * codec.framesPerBlock * codec.channels);
    from += left * codec.blockBytes;
    carried.set(bytes.subarray(from));
    this.carriedBytes = bytes.length - from;
    return out;
  }

  /** @returns the frames of an incomplete last block */
  flush(): Float32Array | undefined {
    if (this.failure !== undefined) throw this.failure;
    const frames = this.codec.framesIn(this.carriedBytes);
    if (frames === 0) return undefined;
    this.carried.fill(0, this.carriedBytes);
    this.carriedBytes = 0;
    const out = new Float32Array(this.codec.framesPerBlock * this.codec.channels);
    this.codec.decode(this.carried, 0, 1, out, 0);
    return out.subarray(0, frames * this.codec.channels);
  }

  /** @returns how many blocks were decoded; fewer than there are if one has an error. @throws the error of the first one */
  private decodeBlocks(
    bytes: Uint8Array,
    from: number,
    count: number,
    out: Float32Array,
    at: number,
  ): number {
    const { codec } = this;
    if (this.isCounting) return count;
    try {
      codec.decode(bytes, from, count, out, at);
      return count;
    } catch (error) {
      if (at === 0) codec.decode(bytes, from, 1, out, at);
      this.failure = error as Error;
    }
    // Only codecs whose blocks are independent of one another find errors, so they can be decoded once more.
    for (let block = 0; ; block++) {
      try {
        const to = at + block * codec.framesPerBlock * codec.channels;
        codec.decode(bytes, from + block * codec.blockBytes, 1, out, to);
      } catch {
        return block;
      }
    }
  }
}
