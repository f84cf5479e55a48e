import { createAudioDecoder } from '../audio/audio-decoder.factory.js';
import type { AudioDecoder } from '../audio/audio-decoder.js';
import type { AudioFormat, DeclaredFormat, PcmChunk } from '../audio/audio.types.js';
import { joinSamples } from '../audio/join-samples.js';
import { NormalizationChain } from './audio-normalizer.js';
import type { NormalizerOptions } from './audio-normalizer.js';

export interface LiveAudioOptions extends Pick<
  NormalizerOptions,
  'targetLufs' | 'toleranceLu' | 'maxGainDb'
> {
  /** The format of raw bytes; without it the bytes need the header of a container. */
  readonly declared?: DeclaredFormat;
  /** One output for the mean of all channels, or one for each channel. */
  readonly channels: 'mix' | 'each';
}

/** Decodes and normalizes the audio of one live client without delay, cheaply enough for the thread of the sockets. */
export class LiveAudio {
  private readonly decoder: AudioDecoder;
  private readonly chains: NormalizationChain[] = [];

  /** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for a wrong declaration */
  constructor(private readonly options: LiveAudioOptions) {
    this.decoder = createAudioDecoder(options.declared);
  }

  /** Undefined until the header has been read. */
  get format(): AudioFormat | undefined {
    return this.decoder.format;
  }

  /**
   * @returns the samples of each output, shape (outputs, samples); empty while a header is incomplete
   * @throws SpeechError AUDIO_*
   */
  push(bytes: Uint8Array): readonly Float32Array[] {
    return this.normalize(this.decoder.push(bytes));
  }

  /**
   * @returns the samples that the decoder and the filters still hold
   * @throws SpeechError AUDIO_EMPTY, AUDIO_CORRUPT
   */
  flush(): readonly Float32Array[] {
    const decoded = this.normalize(this.decoder.flush());
    return this.chains.map((chain, at) => {
      const last = decoded[at];
      return last === undefined ? chain.flush() : joinSamples([last, chain.flush()]);
    });
  }

  /** The loudness (LUFS) or level (dBFS) of the loudest output, whichever is larger; -Infinity for silence. */
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
