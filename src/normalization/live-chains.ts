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

/** The audio of one output. */
export interface LiveBlock {
  /** 16 kHz mono, shape (samples). */
  readonly samples: Float32Array;
  /** The measurements of the frames that are complete with it, see SignalFrames. */
  readonly rows: Float32Array;
}

/** One for each output. */
export type LiveBlocks = readonly LiveBlock[];

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
    return this.chains.map((chain) => ({ samples: chain.push(chunk), rows: chain.takeRows() }));
  }

  /** @param last decoded after the last bytes. @returns its samples, and those that the filters still hold */
  flush(last: PcmChunk | undefined): LiveBlocks {
    const decoded = this.push(last);
    return this.chains.map((chain, at) => {
      const flushed = { samples: chain.flush(), rows: chain.takeRows() };
      return joinBlocks([...decoded.slice(at, at + 1), flushed]);
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

/** Joins blocks of one output that follow one another. */
export function joinBlocks(blocks: LiveBlocks): LiveBlock {
  return {
    samples: joinSamples(blocks.map(({ samples }) => samples)),
    rows: joinSamples(blocks.map(({ rows }) => rows)),
  };
}

/** Whether blocks are there at once. */
export function isBlocks(blocks: LiveBlocks | AsyncIterable<LiveBlocks>): blocks is LiveBlocks {
  return Array.isArray(blocks);
}
