import type { MPEGDecoder } from 'mpg123-decoder';
import { SpeechError } from '../../../common/errors/speech-error.js';
import { checkSampleRate } from '../../audio-limits.js';
import { restoreState, stateOf } from '../../../common/object-state.js';
import type { CodecDecoder, CodecState } from '../../audio-decoder.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { Damage } from '../damage.js';
import { interleaveSamples } from '../interleave-samples.js';
import type { MpegHeader } from './mpeg-header.js';
import { Mp3Frames } from './mp3-frames.js';
import type { Mp3Frame } from './mp3-frames.js';
import { readMp3Info } from './mp3-info.js';
import type { Mp3Info } from './mp3-info.js';

/** The delay of every decoder of layer III, which encoders do not count. */
const decoderDelaySamples = 529;
/** Encoders do not agree on whether the frame that says the number of frames is one of them. */
const toleratedFrames = 2;

/**
 * Decodes MP3 files with `mpg123-decoder`. It finds the frames itself, since the package turns other bytes into noise; damaged
 * frames become silence. The samples that the encoder added at both ends are cut off.
 */
export class Mp3Decoder implements CodecDecoder {
  private readonly damage = new Damage('MP3');
  private readonly frames = new Mp3Frames(this.damage);
  private first: MpegHeader | undefined;
  private info: Mp3Info | undefined;
  /** For each channel, what was cut off included. */
  private decodedSamples = 0;
  private frameCount = 0;
  private isEmpty = true;

  /** @param decoder without its own trimming, which would cut off files that are joined to the first one */
  constructor(private readonly decoder: MPEGDecoder) {}

  get format(): AudioFormat | undefined {
    if (this.first === undefined) return undefined;
    const { sampleRate, channels } = this.first;
    return { container: 'mp3', encoding: 'mp3', sampleRate, channels };
  }

  get truncation(): string | undefined {
    const claimed = this.info?.frames ?? 0;
    if (this.frameCount + toleratedFrames >= claimed) return undefined;
    return `The header claims ${claimed} frames, but only ${this.frameCount} arrived: the recording is cut short.`;
  }

  get heldBytes(): number {
    return this.frames.heldBytes;
  }

  resumption(): Uint8Array {
    return this.frames.resumption();
  }

  /** Exact if the last frames hold all bits to which the next one refers, as they do at usual bit rates. */
  state(): CodecState | undefined {
    const { decoder: _, ...own } = this;
    const resumption = this.resumption();
    return resumption.length === 0 ? undefined : { resumption, values: stateOf(own) };
  }

  restore({ resumption, values }: CodecState): void {
    // The package needs the frames before, and the counts of these are not wanted.
    for (const _ of this.push(resumption));
    this.info = values['info'] as Mp3Info | undefined;
    restoreState(this, values);
  }

  durationOf(totalBytes: number): number | undefined {
    if (this.first === undefined || this.info?.frames === undefined) return undefined;
    const present = Math.min(1, totalBytes / (this.info.bytes ?? totalBytes));
    const samples = this.info.frames * this.first.samples - addedSamples(this.info);
    return (present * Math.max(0, samples)) / this.first.sampleRate;
  }

  *push(bytes: Uint8Array): Generator<PcmChunk, void, undefined> {
    for (const frame of this.frames.push(bytes, false)) yield* this.decode(frame);
  }

  *flush(): Generator<PcmChunk, void, undefined> {
    for (const frame of this.frames.push(new Uint8Array(0), true)) yield* this.decode(frame);
    if (!this.isEmpty) return;
    if (this.damage.isFound || this.first === undefined) {
      throw new SpeechError('AUDIO_CORRUPT', 'The MP3 file has no intact frame.');
    }
    throw new SpeechError('AUDIO_EMPTY', 'The MP3 file has no samples.');
  }

  dispose(): void {
    this.frames.clear();
    this.decoder.free();
  }

  private *decode({ header, bytes }: Mp3Frame): Generator<PcmChunk, void, undefined> {
    const isFirst = this.first === undefined;
    checkSampleRate(header.sampleRate);
    this.first ??= header;
    const info = readMp3Info(bytes, header);
    if (info !== undefined) {
      if (isFirst) this.info = info;
      return;
    }
    this.frameCount++;
    const { channels } = this.first;
    const samples = this.trim(this.samplesOf(bytes, header, channels), header.samples, channels);
    if (samples.length === 0) return;
    this.isEmpty = false;
    yield { samples, sampleRate: header.sampleRate, channels };
  }

  /** @returns shape (header.samples, channels) */
  private samplesOf(bytes: Uint8Array, header: MpegHeader, channels: number): Float32Array {
    const { channelData, samplesDecoded, errors } = this.decoder.decode(bytes);
    if (errors.length > 0 || samplesDecoded !== header.samples) {
      this.damage.addDamagedFrame();
      return new Float32Array(header.samples * channels);
    }
    // The package gives two channels always.
    const [left, right] = channelData as [Float32Array, Float32Array];
    if (channels === 1 && header.channels === 2) {
      for (let i = 0; i < samplesDecoded; i++) left[i] = (left[i]! + right[i]!) / 2;
    }
    const clipped = interleaveSamples(channels === 1 ? [left] : [left, right], samplesDecoded);
    if (clipped === undefined) this.damage.addDamagedFrame();
    return clipped ?? new Float32Array(header.samples * channels);
  }

  /** Cuts off what the encoder added before the first sample and after the last one. */
  private trim(samples: Float32Array, length: number, channels: number): Float32Array {
    const at = this.decodedSamples;
    this.decodedSamples += length;
    const { frames, delay, padding } = this.info ?? { frames: undefined, delay: 0, padding: 0 };
    const begin = addedBefore(delay);
    const total = (frames ?? Infinity) * length;
    const end = total - addedAfter(padding);
    const from = Math.min(length, Math.max(0, begin - at));
    if (at >= end && at < total) return new Float32Array(0);
    const to = at < end && at + length > end ? Math.min(length, end - at) : length;
    return samples.subarray(from * channels, to * channels);
  }
}

/** Samples before the first one of the recording, with those of the decoder. */
function addedBefore(delay: number): number {
  return delay === 0 ? 0 : delay + decoderDelaySamples;
}

function addedAfter(padding: number): number {
  return Math.max(0, padding - decoderDelaySamples);
}

function addedSamples({ delay, padding }: Mp3Info): number {
  return addedBefore(delay) + addedAfter(padding);
}
