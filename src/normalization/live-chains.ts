import type { PcmChunk } from '../audio/audio.types.js';
import { joinSamples } from '../audio/join-samples.js';
import { SpeechError } from '../common/errors/speech-error.js';
import { NormalizationChain } from './audio-normalizer.js';
import type { NormalizerOptions } from './audio-normalizer.js';

export interface LiveChainsOptions extends Pick<
  NormalizerOptions,
  'targetLufs' | 'toleranceLu' | 'maxGainDb'
> {
  /** One output for the mean of all channels, or one for each channel. */
  readonly channels: 'mix' | 'each';
}

/** 16 kHz samples of each output, shape (outputs, samples). */
export type LiveBlocks = readonly Float32Array[];

/** Normalizes the decoded audio of one live client: one chain for each output. */
export class LiveChains {
  private readonly chains: NormalizationChain[] = [];

  constructor(private readonly options: LiveChainsOptions) {}

  /**
   * @returns none without a chunk
   * @throws SpeechError AUDIO_INVALID_CHANNELS if each channel is an output, and their number changes; AUDIO_CORRUPT
   */
  push(chunk: PcmChunk | undefined): LiveBlocks {
    if (chunk === undefined) return [];
    const { channels, ...normalizer } = this.options;
    const outputs = channels === 'mix' ? 1 : chunk.channels;
    if (this.chains.length > 0 && outputs !== this.chains.length) {
      throw new SpeechError(
        'AUDIO_INVALID_CHANNELS',
        `The audio changes from ${this.chains.length} channels to ${outputs}, which are recognized one by one. Send it without multichannel.`,
      );
    }
    while (this.chains.length < outputs) {
      const channel = channels === 'mix' ? 'mix' : this.chains.length;
      this.chains.push(new NormalizationChain({ ...normalizer, channel, mode: 'live' }));
    }
    return this.chains.map((chain) => chain.push(chunk));
  }

  /** @param last decoded after the last bytes. @returns its samples, and those that the filters still hold */
  flush(last: PcmChunk | undefined): LiveBlocks {
    const decoded = this.push(last);
    return this.chains.map((chain, at) => {
      const samples = decoded[at];
      return samples === undefined ? chain.flush() : joinSamples([samples, chain.flush()]);
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
}

/** Whether blocks are there at once. */
export function isBlocks(blocks: LiveBlocks | AsyncIterable<LiveBlocks>): blocks is LiveBlocks {
  return Array.isArray(blocks);
}
