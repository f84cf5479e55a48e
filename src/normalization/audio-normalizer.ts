import type { PcmChunk } from '../audio/audio.types.js';
import { joinSamples } from '../audio/join-samples.js';
import { ChannelMix } from './channel-mix.js';
import { DcBlocker } from './dc-blocker.js';
import { RateChanges } from './rate-changes.js';
import { Limiter } from './limiter.js';
import { LoudnessLeveler } from './loudness-leveler.js';
import { hopSeconds } from './loudness-meter.js';
import type { AudioNormalizer, ChannelChoice, SignalStats } from './normalization.types.js';
import { modelSampleRateHz } from './normalization.types.js';
import { Resampler } from './resampler.js';
import { SignalMeter } from './signal-stats.js';
import { SignalFrames } from './signal/signal-frames.js';

/** A recording of at most this length gets one gain. */
export const recordingLookAheadSeconds = 30;

/**
 * Speech 40 dB below its usual level is below the gate of the standard. A recording that has nothing louder is raised by it; live
 * audio is not, because the noise before its first word would be.
 */
const quietSpeechGateLufs = -80;

const hopSamples = Math.round(modelSampleRateHz * hopSeconds);

export interface NormalizerOptions {
  readonly channel: ChannelChoice;
  readonly targetLufs: number;
  readonly toleranceLu: number;
  /** 0 leaves the loudness as it is. */
  readonly maxGainDb: number;
  /** `recording` looks ahead half a minute; `live` returns its input without delay. */
  readonly mode: 'recording' | 'live';
}

/** Normalizes audio to one channel, 16 kHz, no offset, the configured loudness and no peak above full scale. */
export class NormalizationChain implements AudioNormalizer {
  private readonly channel: ChannelChoice;
  private mix: ChannelMix;
  /** Channels of the chunk before. */
  private channels: number | undefined;
  private readonly rate = new RateChanges();
  private readonly meter: SignalMeter;
  private readonly frames = new SignalFrames();
  private readonly dcBlocker = new DcBlocker(modelSampleRateHz);
  private readonly leveler: LoudnessLeveler;
  private readonly limiter = new Limiter(modelSampleRateHz);
  private readonly scratch = new Float32Array(hopSamples);
  private resampler: Resampler | undefined;
  private inHop = 0;

  constructor({ channel, targetLufs, toleranceLu, maxGainDb, mode }: NormalizerOptions) {
    this.channel = channel;
    this.mix = new ChannelMix(channel);
    this.meter = new SignalMeter(modelSampleRateHz, mode === 'recording' ? quietSpeechGateLufs : undefined);
    const ahead = mode === 'recording' && maxGainDb > 0 ? recordingLookAheadSeconds : 0;
    this.leveler = new LoudnessLeveler({
      sampleRate: modelSampleRateHz,
      targetLufs,
      toleranceLu,
      maxGainDb,
      lookAheadSeconds: ahead,
    });
  }

  /**
   * The rate and the number of channels may change from chunk to chunk, as in files that are joined to one another.
   *
   * @throws SpeechError AUDIO_INVALID_CHANNELS if the selected channel does not exist; AUDIO_CORRUPT if the rate changes
   * all the time
   */
  push(chunk: PcmChunk): Float32Array {
    const before = this.changeTo(chunk);
    const mono = this.mix.push(chunk);
    const after = this.level(this.resampler!.push(mono));
    return before === undefined ? after : joinSamples([before, after]);
  }

  flush(): Float32Array {
    const last = this.level(this.resampler?.flush() ?? new Float32Array(0));
    if (this.frames.hasOpenFrame) this.endFrame();
    const held = this.leveler.flush();
    this.limiter.process(held);
    return joinSamples([last, held]);
  }

  /** @returns see SignalFrames; what is measured may be ahead of the samples by the look-ahead */
  takeRows(): Float32Array {
    return this.frames.takeRows();
  }

  stats(): SignalStats {
    return this.meter.stats(this.leveler.gainDb);
  }

  private endFrame(): void {
    this.frames.endFrame(this.meter.loudness.takeWeighted());
  }

  /** @returns the samples that the filter of the rate before still holds */
  private changeTo({ samples, sampleRate, channels }: PcmChunk): Float32Array | undefined {
    if (channels !== this.channels) this.mix = new ChannelMix(this.channel);
    this.channels = channels;
    if (!this.rate.isNew(sampleRate, samples.length / channels)) return undefined;
    const held = this.resampler?.flush();
    this.resampler = new Resampler(sampleRate, modelSampleRateHz);
    return held && this.level(held);
  }

  private level(samples: Float32Array): Float32Array {
    const output = new Float32Array(this.leveler.outputFor(samples.length));
    let written = 0;
    for (let from = 0; from < samples.length;) {
      const part = samples.subarray(from, from + Math.min(hopSamples - this.inHop, this.frames.left));
      this.meter.push(part);
      this.dcBlocker.process(part, this.scratch);
      const clean = this.scratch.subarray(0, part.length);
      this.frames.push(part, clean);
      if (this.frames.left === 0) this.endFrame();
      written += this.leveler.push(clean, this.meter.loudness.windowLufs(), output, written);
      from += part.length;
      this.inHop = (this.inHop + part.length) % hopSamples;
    }
    this.limiter.process(output);
    return output;
  }
}
