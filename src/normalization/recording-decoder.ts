import { AnyFormatDecoder } from '../audio/any-format.decoder.js';
import type { AudioFormat, DeclaredFormat, PcmChunk } from '../audio/audio.types.js';
import { SpeechError } from '../common/errors/speech-error.js';
import { NormalizationChain } from './audio-normalizer.js';
import type { NormalizerOptions } from './audio-normalizer.js';
import { modelSampleRateHz } from './normalization.types.js';
import type { SignalStats } from './normalization.types.js';

/** Everything that is known about a recording before its bytes are read. */
export interface RecordingRequest {
  readonly declared: DeclaredFormat | undefined;
  readonly totalBytes: number;
  readonly maxAudioSeconds: number;
  readonly normalizer: Omit<NormalizerOptions, 'mode'>;
}

/** The result of decoding one piece of bytes. */
export interface DecodedBlocks {
  /** Undefined until the header has been read. */
  readonly format: AudioFormat | undefined;
  /** 16 kHz mono, each of at most `blockSeconds`. */
  readonly blocks: readonly Float32Array[];
  /** Statistics of the recording so far. */
  readonly stats: SignalStats;
}

/** Long enough that the fixed cost of a run of the voice activity model does not matter. */
const blockSeconds = 8;

/** @throws SpeechError AUDIO_TOO_LONG */
function checkDuration(seconds: number, limitSeconds: number): void {
  if (seconds <= limitSeconds) return;
  throw new SpeechError(
    'AUDIO_TOO_LONG',
    `The recording lasts ${seconds.toFixed(1)} s or more. The limit is ${limitSeconds} s.`,
  );
}

/** Decodes and normalizes one recording. It runs in a reading process, not in the process of the sockets. */
export class RecordingDecoder {
  private readonly decoder: AnyFormatDecoder;
  private readonly normalizer: NormalizationChain;
  private decodedSeconds = 0;

  /** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for a wrong declaration */
  constructor(private readonly request: RecordingRequest) {
    this.decoder = new AnyFormatDecoder(request.declared);
    this.normalizer = new NormalizationChain({ ...request.normalizer, mode: 'recording' });
  }

  /** @throws SpeechError AUDIO_* */
  async decodePiece(bytes: Uint8Array, last: boolean): Promise<DecodedBlocks> {
    const blocks: Float32Array[] = [];
    this.normalize(await this.decoder.push(bytes), blocks);
    this.checkExpectedDuration();
    if (last) {
      this.normalize(await this.decoder.flush(), blocks);
      this.checkExpectedDuration();
      appendBlocks(this.normalizer.flush(), blocks);
    }
    return { format: this.decoder.format, blocks, stats: this.normalizer.stats() };
  }

  /** Frees the memory of the decoder; no call may follow. */
  dispose(): void {
    this.decoder.dispose();
  }

  private checkExpectedDuration(): void {
    const { totalBytes, maxAudioSeconds } = this.request;
    checkDuration(this.decoder.durationOf(totalBytes) ?? 0, maxAudioSeconds);
  }

  private normalize(chunk: PcmChunk | undefined, blocks: Float32Array[]): void {
    if (chunk === undefined) return;
    this.decodedSeconds += chunk.samples.length / chunk.channels / chunk.sampleRate;
    checkDuration(this.decodedSeconds, this.request.maxAudioSeconds);
    appendBlocks(this.normalizer.push(chunk), blocks);
  }
}

function appendBlocks(samples: Float32Array, blocks: Float32Array[]): void {
  const length = blockSeconds * modelSampleRateHz;
  for (let from = 0; from < samples.length; from += length) {
    blocks.push(samples.subarray(from, from + length));
  }
}
