import { createAudioDecoder } from '../audio/audio-decoder.factory.js';
import type { AudioDecoder } from '../audio/audio-decoder.js';
import type { AudioFormat, DeclaredFormat } from '../audio/audio.types.js';
import { LiveChains } from './live-chains.js';
import type { LiveBlocks, LiveChainsOptions } from './live-chains.js';

/** The audio of one live client, decoded and normalized. */
export interface LiveSource {
  /** Undefined until the header has been read. */
  readonly format: AudioFormat | undefined;
  /** The loudness (LUFS) or level (dBFS) of the loudest output, whichever is larger; -Infinity for silence. */
  readonly level: number;
  /**
   * Compressed audio comes later, piece by piece: no call may be made until the last one was taken.
   * @throws SpeechError AUDIO_*
   */
  push(bytes: Uint8Array): LiveBlocks | AsyncIterable<LiveBlocks>;
  /**
   * To be called once, after the last bytes.
   * @throws SpeechError AUDIO_EMPTY, AUDIO_CORRUPT
   */
  flush(): LiveBlocks | AsyncIterable<LiveBlocks>;
  /** No call may follow. */
  dispose(): void;
}

export interface LiveAudioOptions extends LiveChainsOptions {
  /** The format of raw bytes; without it the bytes need the header of a container. */
  readonly declared?: DeclaredFormat;
}

/** Decodes and normalizes the audio of one live client without delay, cheaply enough for the thread of the sockets. */
export class LiveAudio implements LiveSource {
  private readonly decoder: AudioDecoder;
  private readonly chains: LiveChains;

  /** @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for a wrong declaration */
  constructor({ declared, ...options }: LiveAudioOptions) {
    this.decoder = createAudioDecoder(declared);
    this.chains = new LiveChains(options);
  }

  get format(): AudioFormat | undefined {
    return this.decoder.format;
  }

  get level(): number {
    return this.chains.level;
  }

  /** @returns none while a header is incomplete */
  push(bytes: Uint8Array): LiveBlocks {
    return this.chains.push(this.decoder.push(bytes));
  }

  /** @returns the samples that the decoder and the filters still hold */
  flush(): LiveBlocks {
    return this.chains.flush(this.decoder.flush());
  }

  dispose(): void {
    // It holds only memory.
  }
}
