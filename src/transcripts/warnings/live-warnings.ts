import type { AudioFormat } from '../../audio/audio.types.js';
import { ByteFaults } from '../../audio/byte-faults.js';
import { bytesPerFrame, rawFormat } from '../../audio/raw-samples.js';
import type { RawSamples } from '../../audio/raw-samples.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import type { LiveBlocks } from '../../normalization/live-chains.js';
import type { Segment } from '../../recognition/recognition.types.js';
import type { FindWarnings } from './recognized-input.js';
import { ReadingSum } from './reading-sum.js';
import { isDoubtful } from './sample-rate-verdict.js';

/** Six seconds at the highest usual rate, more at a lower one. */
const maxKeptFrames = 6 * 48_000;
const maxKeptBytes = 1_048_576;
/** Amplitude below which samples count as silence: -50 dBFS. */
const silenceAmplitude = 10 ** (-50 / 20);

/** Finds likely mistakes of one live client. It keeps the first loud seconds of bytes until the text is plausible. */
export class LiveWarnings {
  private readonly faults = new ByteFaults();
  private readonly sum = new ReadingSum();
  private readonly kept: Uint8Array[] = [];
  private keptBytes = 0;
  private loud = false;
  private format: AudioFormat | undefined;

  /** @param doubtfulBelow see ConfidenceBounds of the model */
  constructor(
    private readonly findIn: FindWarnings,
    private readonly doubtfulBelow: number,
  ) {}

  /**
   * To be called for all bytes, in order.
   * @param format undefined until it is known
   * @param blocks the decoded bytes
   */
  addBytes(bytes: Uint8Array, format: AudioFormat | undefined, blocks: LiveBlocks): void {
    const offset = this.faults.receivedByteCount;
    this.faults.push(bytes);
    this.format ??= format;
    if (format === undefined || this.understood) return;
    this.loud ||= blocks.some(({ samples }) => samples.some((sample) => Math.abs(sample) > silenceAmplitude));
    if (this.loud) this.keep(bytes, offset, format);
  }

  /** To be called for each final. */
  addFinal(segment: Segment): void {
    this.sum.add(segment);
    if (!this.understood) return;
    this.kept.length = 0;
    this.keptBytes = 0;
  }

  /** Seconds of loud audio that were kept, at the declared rate. */
  get keptSeconds(): number {
    const declared = this.format && rawFormat(this.format);
    return declared === undefined ? 0 : this.keptBytes / bytesPerFrame(declared) / declared.sampleRate;
  }

  /** True once the recognized text is plausible. */
  get understood(): boolean {
    const { format, doubtfulBelow } = this;
    return format !== undefined && !isDoubtful(this.sum.readingAt(format.sampleRate), doubtfulBelow);
  }

  /**
   * @param level loudness (LUFS) or level (dBFS), whichever is larger
   * @param peakProbability the highest probability of speech of any window
   */
  async find(level: number, peakProbability: number, signal: AbortSignal): Promise<readonly Warning[]> {
    const { format } = this;
    const found = this.faults.warnings();
    if (format === undefined || found.some(({ code }) => code === 'AUDIO_BASE64')) return found;
    const input = {
      reading: this.sum.readingAt(format.sampleRate),
      level,
      peakProbability,
      samples: this.samples(),
      declared: format.container === 'raw',
    };
    return [...found, ...(await this.findIn(input, signal))];
  }

  private samples(): RawSamples | undefined {
    const declared = this.format && rawFormat(this.format);
    return declared && this.keptBytes > 0 ? { bytes: Buffer.concat(this.kept), format: declared } : undefined;
  }

  /** Keeps whole frames. @param offset offset of the bytes in the input */
  private keep(bytes: Uint8Array, offset: number, format: AudioFormat): void {
    const declared = rawFormat(format);
    if (declared === undefined) return;
    const frame = bytesPerFrame(declared);
    const start = format.container === 'raw' ? 0 : (this.faults.dataStart ?? 0);
    const before = offset - start;
    const skipped = this.keptBytes > 0 ? 0 : before < 0 ? -before : (frame - (before % frame)) % frame;
    const room = Math.min(maxKeptBytes, maxKeptFrames * frame) - this.keptBytes;
    const piece = bytes.subarray(skipped, skipped + room);
    if (piece.length === 0) return;
    // Copied, because the buffer of the socket is reused.
    this.kept.push(Uint8Array.from(piece));
    this.keptBytes += piece.length;
  }
}
