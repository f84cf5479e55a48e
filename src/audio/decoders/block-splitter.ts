import type { SampleCodec } from './sample-codec.js';

/** Feeds whole blocks to a codec from pieces of any size. It allocates only its output. */
export class BlockSplitter {
  private readonly carried: Uint8Array;
  private carriedBytes = 0;

  constructor(private readonly codec: SampleCodec) {
    this.carried = new Uint8Array(codec.blockBytes);
  }

  /** @returns interleaved samples of the blocks that are now complete; undefined if none is */
  push(bytes: Uint8Array): Float32Array | undefined {
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
      codec.decode(carried, 0, 1, out, 0);
      at = codec.framesPerBlock * codec.channels;
      left--;
    }
    codec.decode(bytes, from, left, out, at);
    from += left * codec.blockBytes;
    carried.set(bytes.subarray(from));
    this.carriedBytes = bytes.length - from;
    return out;
  }

  /** @returns the frames of an incomplete last block */
  flush(): Float32Array | undefined {
    const frames = this.codec.framesIn(this.carriedBytes);
    if (frames === 0) return undefined;
    this.carried.fill(0, this.carriedBytes);
    this.carriedBytes = 0;
    const out = new Float32Array(this.codec.framesPerBlock * this.codec.channels);
    this.codec.decode(this.carried, 0, 1, out, 0);
    return out.subarray(0, frames * this.codec.channels);
  }
}
