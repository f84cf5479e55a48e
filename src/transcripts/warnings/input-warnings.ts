import { Injectable } from '@nestjs/common';
import { guessEncoding } from '../../audio/encoding-guess.js';
import { bytesPerFrame } from '../../audio/raw-samples.js';
import type { RawSamples } from '../../audio/raw-samples.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import { Configuration } from '../../config/configuration.js';
import { LiveWarnings } from './live-warnings.js';
import { OtherReadings } from './other-readings.js';
import type { ReadAgain } from './other-readings.js';
import type { RecognizedInput } from './recognized-input.js';
import { isDoubtful, likelierRate, otherRates } from './sample-rate-verdict.js';
import type { Reading } from './sample-rate-verdict.js';

/** Quieter audio without text needs no explanation. */
const loudDb = -50;

/** A sample rate at which the audio would be shorter is not tried, because it would give no clear result. */
const shortestSeconds = 1.2;

/** Finds a likely mistake in the declared format when loud audio gave no text or an implausible one. */
@Injectable()
export class InputWarnings {
  private readonly threshold: number;

  constructor(
    private readonly others: OtherReadings,
    configuration: Configuration,
  ) {
    this.threshold = configuration.get('VAD_THRESHOLD');
  }

  /** Returns at once if the text is plausible. Never throws. */
  async findIn(input: RecognizedInput, how: ReadAgain, signal: AbortSignal): Promise<readonly Warning[]> {
    const { reading, level, peakProbability, samples } = input;
    if (level < loudDb || !isDoubtful(reading, this.others.doubtfulBelow(how.modelId))) return [];
    const found =
      encodingWarning(input) ?? (samples && (await this.rateWarning(reading, samples, how, signal)));
    if (found !== undefined) return [found];
    if (reading.tokens > 0 || (peakProbability ?? 1) >= this.threshold) return [];
    const message = `The audio is loud (${Math.round(level)} dB), but nothing in it sounds like speech.`;
    return [{ code: 'AUDIO_NO_SPEECH', message }];
  }

  forLiveInput(how: ReadAgain): LiveWarnings {
    return new LiveWarnings(
      (input, signal) => this.findIn(input, how, signal),
      this.others.doubtfulBelow(how.modelId),
    );
  }

  private async rateWarning(
    own: Reading,
    samples: RawSamples,
    how: ReadAgain,
    signal: AbortSignal,
  ): Promise<Warning | undefined> {
    const frames = samples.bytes.length / bytesPerFrame(samples.format);
    const rates = otherRates(own.sampleRate).filter((rate) => frames / rate >= shortestSeconds);
    const readings = await this.others.readAt(rates, samples, how, signal);
    const rate = likelierRate(own, readings);
    if (rate === undefined) return undefined;
    return {
      code: 'AUDIO_SAMPLE_RATE',
      message: `The samples seem to be of ${rate} Hz, not ${own.sampleRate}.`,
      param: 'sample_rate',
    };
  }
}

function encodingWarning({ samples, declared }: RecognizedInput): Warning | undefined {
  if (samples === undefined || !declared) return undefined;
  const { encoding, channels } = samples.format;
  const likely = guessEncoding(samples.bytes, encoding, channels);
  if (likely === undefined) return undefined;
  return {
    code: 'AUDIO_ENCODING',
    message: `The samples seem to be ${likely}, not ${encoding}.`,
    param: 'encoding',
  };
}
