import { SpeechError } from '../../../common/errors/speech-error.js';
import { restoreState, stateOf } from '../../../common/object-state.js';
import type { CodecDecoder, CodecState } from '../../audio-decoder.js';
import { checkSampleRate } from '../../audio-limits.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { ByteWindow } from '../../byte-window.js';
import { joinBytes } from '../../join-bytes.js';
import { Damage } from '../damage.js';
import { readFrame } from './flac-frame.js';
import type { FlacFrame } from './flac-frame.js';
import { readFrameHeader } from './flac-frame-header.js';
import type { FlacFrameHeader } from './flac-frame-header.js';
import { FlacMetadata, flacMarker, streamInfoBlock } from './flac-metadata.js';
import type { FlacStreamInfo } from './flac-metadata.js';

/** No encoder writes frames of more than twice the size of their samples. */
const longestFrameRatio = 2;
const frameOverheadBytes = 1_024;
/** While a frame is incomplete, it is tried again when this much more of it has come: not after each byte. */
const growth = 1.25;
const noBytes = new Uint8Array(0);
const marker = Uint8Array.from(flacMarker);

/**
 * Decodes FLAC files exactly. Frames with a wrong checksum are left out; files that are joined to one another are decoded as
 * one. It is our own, since the packages at hand find frames without their checksums.
 */
export class FlacDecoder implements CodecDecoder {
  private readonly window = new ByteWindow();
  private readonly damage = new Damage('FLAC');
  private metadata: FlacMetadata | undefined;
  /** The header of the file, and of the one that was joined to it last. */
  private first: FlacStreamInfo | undefined;
  private info: FlacStreamInfo | undefined;
  /** For each channel, of all files that are joined; NaN if one does not know. */
  private claimedSamples = 0;
  private decodedSamples = 0;
  private waitsForBytes = 0;
  private isEmpty = true;

  /** @param container for `format` */
  constructor(private readonly container: 'flac' | 'ogg') {}

  get format(): AudioFormat | undefined {
    if (this.first === undefined) return undefined;
    const { sampleRate, channels } = this.first;
    return { container: this.container, encoding: 'flac', sampleRate, channels };
  }

  get heldBytes(): number {
    return this.window.length;
  }

  resumption(): Uint8Array {
    const { metadata, info } = this;
    const before = info === undefined ? noBytes : joinBytes([marker, streamInfoBlock(info.block, true)]);
    return metadata === undefined ? before : joinBytes([before, marker, metadata.resumption()]);
  }

  state(): CodecState | undefined {
    if (this.info === undefined || this.metadata !== undefined) return undefined;
    return { resumption: this.resumption(), values: stateOf(this) };
  }

  restore({ resumption, values }: CodecState): void {
    // The header, before which it has no objects to restore.
    for (const _ of this.push(resumption));
    restoreState(this, values);
  }

  durationOf(): number | undefined {
    if (this.first === undefined || this.first.totalSamples === 0) return undefined;
    return this.first.totalSamples / this.first.sampleRate;
  }

  get truncation(): string | undefined {
    const { claimedSamples: claimed, decodedSamples: decoded } = this;
    if (!(decoded < claimed)) return undefined;
    return `The header claims ${claimed} samples, but only ${decoded} arrived: the recording is cut short.`;
  }

  *push(bytes: Uint8Array): Generator<PcmChunk, void, undefined> {
    this.window.push(bytes);
    if (this.window.length >= this.waitsForBytes) yield* this.chunks(false);
  }

  *flush(): Generator<PcmChunk, void, undefined> {
    yield* this.chunks(true);
    if (this.info === undefined) {
      throw new SpeechError('AUDIO_CORRUPT', 'The FLAC file ends before its samples begin.');
    }
    if (!this.isEmpty) return;
    if (this.damage.isFound) throw new SpeechError('AUDIO_CORRUPT', 'The FLAC file has no intact frame.');
    throw new SpeechError('AUDIO_EMPTY', 'The FLAC file has no samples.');
  }

  dispose(): void {
    this.window.drop(this.window.length);
  }

  private *chunks(isEnd: boolean): Generator<PcmChunk, void, undefined> {
    this.waitsForBytes = 0;
    // Less than a marker may be the rest of the metadata.
    while (this.metadata !== undefined || this.window.length >= flacMarker.length) {
      if (this.metadata === undefined && this.startsWithMarker()) {
        this.window.drop(flacMarker.length);
        this.metadata = new FlacMetadata();
      }
      if (this.metadata !== undefined) {
        if (!this.readMetadata(this.metadata)) return;
        continue;
      }
      if (this.info === undefined) throw new SpeechError('AUDIO_CORRUPT', 'The FLAC file has no header.');
      const chunk = this.nextFrame(isEnd, this.info);
      if (chunk === 'incomplete') return;
      if (chunk === undefined) continue;
      this.isEmpty = false;
      yield chunk;
    }
    if (isEnd && this.window.length > 0) this.skip(this.window.length);
  }

  private startsWithMarker(): boolean {
    const bytes = this.window.view();
    return flacMarker.every((byte, at) => bytes[at] === byte);
  }

  /** @returns false while blocks are missing */
  private readMetadata(metadata: FlacMetadata): boolean {
    const info = metadata.read(this.window);
    if (info === undefined) return false;
    this.metadata = undefined;
    this.info = info;
    this.claimedSamples += info.totalSamples === 0 ? NaN : info.totalSamples;
    this.first ??= info;
    return true;
  }

  /** @returns undefined if the window does not begin with an intact frame; the next one may follow */
  private nextFrame(isEnd: boolean, info: FlacStreamInfo): PcmChunk | 'incomplete' | undefined {
    const bytes = this.window.view();
    const header = readFrameHeader(bytes);
    if (header === undefined || bytes.length === 0) return this.resynchronize();
    const frame = header === 'incomplete' ? header : frameOf(bytes, header, info);
    if (header === 'incomplete' || frame === 'incomplete') {
      if (isEnd) return this.resynchronize();
      this.waitsForBytes = Math.ceil(bytes.length * growth);
      return 'incomplete';
    }
    if (frame === undefined) {
      this.damage.addDamagedFrame();
      return this.resynchronize();
    }
    this.damage.addIntactFrame(frame.byteCount);
    this.window.drop(frame.byteCount);
    const { channels, sampleRate = info.sampleRate } = header;
    this.decodedSamples += header.blockSize;
    checkSampleRate(sampleRate);
    return { samples: frame.samples, sampleRate, channels };
  }

  /** Skips the bytes before the next that may begin a frame or a further file. */
  private resynchronize(): undefined {
    const bytes = this.window.view();
    let at = 1;
    while (at < bytes.length && !mayBegin(bytes[at]!, bytes[at + 1])) at++;
    this.skip(Math.min(at, bytes.length));
    return undefined;
  }

  private skip(count: number): void {
    this.window.drop(count);
    this.damage.addSkipped(count);
  }
}

function mayBegin(first: number, second: number | undefined): boolean {
  if (first === 0xff) return second === undefined || (second & 0xfe) === 0xf8;
  return first === flacMarker[0] && (second === undefined || second === flacMarker[1]);
}

function frameOf(
  bytes: Uint8Array,
  header: FlacFrameHeader,
  info: FlacStreamInfo,
): FlacFrame | 'incomplete' | undefined {
  const bits = header.bitsPerSample ?? info.bitsPerSample;
  const frame = readFrame(bytes, header, bits);
  if (frame !== 'incomplete') return frame;
  const sampleBytes = (header.blockSize * header.channels * (bits + 1)) / 8;
  return bytes.length > longestFrameRatio * sampleBytes + frameOverheadBytes ? undefined : frame;
}
