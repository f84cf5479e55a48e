import { createAudioDecoder } from '../audio/audio-decoder.factory.js';
import type { AudioDecoder } from '../audio/audio-decoder.js';
import type { PcmChunk } from '../audio/audio.types.js';
import { SpeechError } from '../common/errors/speech-error.js';
import { NormalizationChain } from './audio-normalizer.js';
import { modelSampleRateHz } from './normalization.types.js';
import type { DecodedPiece, RecordingRequest } from './recording-thread.protocol.js';

/** @throws SpeechError AUDIO_TOO_LONG */
function checkDuration(seconds: number, limitSeconds: number): void {
  if (seconds <= limitSeconds) return;
  throw new SpeechError(
    'AUDIO_TOO_LONG',
    `The recording lasts ${seconds.toFixed(1)} s or more; the limit is ${limitSeconds} s.`,
  );
}

/** One recording on its way through decoder and normalizer. Runs on a thread of its own; see recording-thread.ts. */
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

/** Blocks of at most a second, each with memory of its own, so that it can be transferred. */
function cut(samples: Float32Array, blocks: Float32Array[]): void {
  if (samples.length === 0) return;
  if (samples.length <= modelSampleRateHz) {
    blocks.push(samples);
    return;
  }
  for (let from = 0; from < samples.length; from += modelSampleRateHz) {
    blocks.push(samples.slice(from, from + modelSampleRateHz));
  }
}
