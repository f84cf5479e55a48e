import { Injectable } from '@nestjs/common';
import { bytesPerFrame } from '../../audio/raw-samples.js';
import type { RawSamples } from '../../audio/raw-samples.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { RecordingReader } from '../../recognition/recordings/recording-reader.js';
import { ReadingSum } from './reading-sum.js';
import type { Reading } from './sample-rate-verdict.js';

/** Of one reading: enough for a sentence or two. */
const heardSeconds = 8;
/** Silence before it is passed over, but not for ever. */
const searchedSeconds = 60;
/** A busy service has no time for this, and the client waits for its answer. */
const longestMs = 5_000;

export interface ReadAgain {
  readonly modelId: string;
  /** Only this channel; undefined mixes all of them. */
  readonly channel: number | undefined;
}

/** Recognizes some seconds of an input as if its samples were of another rate than the client says. */
@Injectable()
export class OtherReadings {
  constructor(
    private readonly reader: RecordingReader,
    private readonly recognizer: Recognizer,
  ) {}

  /**
   * @param rates Hz
   * @returns nothing where the service has no time for it
   */
  async at(
    rates: readonly number[],
    samples: RawSamples,
    how: ReadAgain,
    signal: AbortSignal,
  ): Promise<readonly Reading[]> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
    try {
      const readings: Reading[] = [];
      for (const rate of rates) readings.push(await this.read(rate, samples, how, limited));
      return readings;
    } catch {
      // A full queue, the end of the service, a process that died: the answer itself is there without this.
      return [];
    }
  }

  private async read(
    sampleRate: number,
    { bytes, format }: RawSamples,
    { modelId, channel }: ReadAgain,
    signal: AbortSignal,
  ): Promise<Reading> {
    const searched = bytes.subarray(0, searchedSeconds * sampleRate * bytesPerFrame(format));
    const recording = await this.reader.open(
      searched,
      { ...format, sampleRate },
      {
        maxAudioSeconds: searchedSeconds + 1,
        model: this.recognizer.resolveModel(modelId),
        excerptSeconds: heardSeconds,
        ...(channel === undefined ? {} : { channel }),
      },
      signal,
    );
    const sum = new ReadingSum();
    for await (const segment of this.recognizer.recognize(recording, { modelId }, signal)) sum.add(segment);
    return sum.at(sampleRate);
  }
}
