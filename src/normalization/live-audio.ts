import { createAudioDecoder } from '../audio/audio-decoder.factory.js';
import type { AudioDecoder } from '../audio/audio-decoder.js';
import type { AudioFormat, DeclaredFormat, PcmChunk } from '../audio/audio.types.js';
import { NormalizationChain } from './audio-normalizer.js';
import type { NormalizerOptions } from './audio-normalizer.js';

export interface LiveAudioOptions extends Pick<
  NormalizerOptions,
  'targetLufs' | 'toleranceLu' | 'maxGainDb'
> {
  /** How the bytes are written; without it, a container's header has to say it. */
  readonly declared?: DeclaredFormat;
  /** One output for the mean of all channels, or one for each. */
  readonly channels: 'mix' | 'each';
}

/** The audio of one live client: bytes in, 16 kHz mono out, at once; cheap enough for the thread of the sockets. */
export class LiveAudio {
  private readonly decoder: AudioDecoder;
  private readonly chains: NormalizationChain[] = [];

  /** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for what is declared */
  constructor(private readonly options: LiveAudioOptions) {
    this.decoder = createAudioDecoder(options.declared);
  }

  /** Undefined until the first bytes have shown it. */
  get format(): AudioFormat | undefined {
    return this.decoder.format;
  }

  /**
   * @returns the samples of each output, shape (outputs, samples); empty while a header is not complete
   * @throws SpeechError AUDIO_*
   */
  push(bytes: Uint8Array): readonly Float32Array[] {
    return this.normalize(this.decoder.push(bytes));
  }

  /** What the decoder and the filters still hold. @throws SpeechError AUDIO_EMPTY, AUDIO_CORRUPT */
  flush(): readonly Float32Array[] {
    const decoded = this.normalize(this.decoder.flush());
    return this.chains.map((chain, at) => joined(decoded[at], chain.flush()));
  }

  /** The larger of loudness (LUFS) and level (dBFS), of the loudest output; -Infinity for silence. */
  get level(): number {
    const levels = this.chains.map((chain) => {
      const { loudnessLufs, rmsDbfs } = chain.stats();
      return Math.max(loudnessLufs, rmsDbfs);
    });
    return Math.max(-Infinity, ...levels);
  }

  private normalize(chunk: PcmChunk | undefined): readonly Float32Array[] {
    if (chunk === undefined) return [];
    const { channels, ...normalizer } = this.options;
    const outputs = channels === 'mix' ? 1 : chunk.channels;
    while (this.chains.length < outputs) {
      const channel = channels === 'mix' ? 'mix' : this.chains.length;
      this.chains.push(new NormalizationChain({ ...normalizer, channel, mode: 'live' }));
    }
    return this.chains.map((chain) => chain.push(chunk));
  }
}

function joined(first: Float32Array | undefined, second: Float32Array): Float32Array {
  if (first === undefined || first.length === 0) return second;
  if (second.length === 0) return first;
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
