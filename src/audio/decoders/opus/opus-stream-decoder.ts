import type { OpusDecoder } from 'opus-decoder';
import { packetBytesAtMost } from './opus-demuxer.js';
import { opusRateHz } from './opus-head.js';
import type { OpusHead } from './opus-head.js';
import { opusPacketSamples } from './opus-packet.js';

/** The package has room for this many bytes of a packet for each channel. */
const roomPerChannelBytes = 3_840;

/** Decodes the packets of one Opus stream with libopus: applies the gain, and leaves out what does not count. */
export class OpusStreamDecoder {
  /** Samples at 48 kHz of the beginning that do not count and are still to come. */
  leftToSkip: number;
  private readonly gain: number;

  private constructor(
    private readonly decoder: OpusDecoder<typeof opusRateHz>,
    private readonly head: OpusHead,
  ) {
    this.leftToSkip = head.preSkipSamples;
    this.gain = 10 ** (head.gainDb / 20);
  }

  /** Loads the package, which compiles its WebAssembly once for each process. */
  static async open(head: OpusHead): Promise<OpusStreamDecoder> {
    const opus = await import('opus-decoder');
    const decoder = new opus.OpusDecoder({
      channels: head.channels,
      streamCount: head.streamCount,
      coupledStreamCount: head.coupledStreamCount,
      channelMappingTable: [...head.channelMapping],
      sampleRate: opusRateHz,
    });
    await decoder.ready;
    return new OpusStreamDecoder(decoder, head);
  }

  get channels(): number {
    return this.head.channels;
  }

  /** @returns interleaved samples, none while the beginning is skipped; undefined for a packet that cannot be decoded */
  decode(packet: Uint8Array, discardSamples: number): Float32Array | undefined {
    const { channels } = this.head;
    const bytesAtMost = Math.min(packetBytesAtMost, roomPerChannelBytes * channels);
    if (packet.length > bytesAtMost || opusPacketSamples(packet) === 0) return undefined;
    const { channelData, samplesDecoded } = silently(() => this.decoder.decodeFrame(packet));
    if (samplesDecoded === 0) return undefined;
    const from = Math.min(this.leftToSkip, samplesDecoded);
    this.leftToSkip -= from;
    const to = Math.max(from, samplesDecoded - discardSamples);
    const samples = new Float32Array((to - from) * channels);
    for (let channel = 0; channel < channels; channel++) {
      const decoded = channelData[channel]!;
      for (let frame = from, at = channel; frame < to; frame++, at += channels) {
        samples[at] = Math.max(-1, Math.min(1, decoded[frame]! * this.gain));
      }
    }
    return samples;
  }

  dispose(): void {
    this.decoder.free();
  }
}

/** The package writes a line for each packet that it refuses, of which a client can send a hundred thousand. */
function silently<T>(decode: () => T): T {
  const { error } = console;
  console.error = () => undefined;
  try {
    return decode();
  } finally {
    console.error = error;
  }
}
