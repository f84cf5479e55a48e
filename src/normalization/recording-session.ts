import { createAudioDecoder } from '../audio/audio-decoder.factory.js';
import type { AudioDecoder } from '../audio/audio-decoder.js';
import type { AudioFormat, DeclaredFormat, PcmChunk } from '../audio/audio.types.js';
import { SpeechError } from '../common/errors/speech-error.js';
import { NormalizationChain } from './audio-normalizer.js';
import type { NormalizerOptions } from './audio-normalizer.js';
import { modelSampleRateHz } from './normalization.types.js';
import type { SignalStats } from './normalization.types.js';

/** All that is told about a recording before its bytes. */
export interface RecordingRequest {
  readonly declared: DeclaredFormat | undefined;
  readonly totalBytes: number;
  readonly maxAudioSeconds: number;
  readonly normalizer: Omit<NormalizerOptions, 'mode'>;
}

/** What one piece of a recording's bytes gave. */
export interface DecodedPiece {
  /** Undefined before the header has been read. */
  readonly format: AudioFormat | undefined;
  /** 16 kHz mono, at most `blockSeconds` each. */
  readonly blocks: readonly Float32Array[];
  readonly stats: SignalStats;
}

/** What is heard at once: long enough that a run of the voice activity model costs nothing beside its windows. */
const blockSeconds = 8;

/** @throws SpeechError AUDIO_TOO_LONG */
function checkDuration(seconds: number, limitSeconds: number): void {
  if (seconds <= limitSeconds) return;
  throw new SpeechError(
    'AUDIO_TOO_LONG',
    `The recording lasts ${seconds.toFixed(1)} s or more; the limit is ${limitSeconds} s.`,
  );
}

/** One recording on its way through decoder and normalizer. Nothing here runs in the process that holds the sockets. */
export class RecordingSession {
  private readonly decoder: AudioDecoder;
  private readonly normalizer: NormalizationChain;
  private decodedSeconds = 0;

  /** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for what is declared */
  constructor(private readonly request: RecordingRequest) {
    this.decoder = createAudioDecoder(request.declared);
    this.normalizer = new NormalizationChain({ ...request.normalizer, mode: 'recording' });
  }

  /** @throws SpeechError AUDIO_* */
  decode(bytes: Uint8Array, last: boolean): DecodedPiece {
    const blocks: Float32Array[] = [];
    this.normalize(this.decoder.push(bytes), blocks);
    this.checkHeader();
    if (last) {
      this.normalize(this.decoder.flush(), blocks);
      this.checkHeader();
      cut(this.normalizer.flush(), blocks);
    }
    return { format: this.decoder.format, blocks, stats: this.normalizer.stats() };
  }

  private checkHeader(): void {
    const { totalBytes, maxAudioSeconds } = this.request;
    checkDuration(this.decoder.durationOf(totalBytes) ?? 0, maxAudioSeconds);
  }

  private normalize(chunk: PcmChunk | undefined, blocks: Float32Array[]): void {
    if (chunk === undefined) return;
    this.decodedSeconds += chunk.samples.length / chunk.channels / chunk.sampleRate;
    checkDuration(this.decodedSeconds, this.request.maxAudioSeconds);
    cut(this.normalizer.push(chunk), blocks);
  }
}

function cut(samples: Float32Array, blocks: Float32Array[]): void {
  const length = blockSeconds * modelSampleRateHz;
  for (let from = 0; from < samples.length; from += length) {
    blocks.push(samples.subarray(from, from + length));
  }
}
