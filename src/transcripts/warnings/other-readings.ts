import { Injectable } from '@nestjs/common';
import { bytesPerFrame } from '../../audio/raw-samples.js';
import type { RawSamples } from '../../audio/raw-samples.js';
import { Recognizer } from '../../recognition/recognizer.js';
import { wholeRecording } from '../../recognition/recordings/recording-bytes.js';
import { RecordingReader } from '../../recognition/recordings/recording-reader.js';
import { ReadingSum } from './reading-sum.js';
import type { Reading } from './sample-rate-verdict.js';

/** Speech to recognize in one reading: enough for a sentence or two. */
const excerptSeconds = 8;
/** Audio that may be searched for this speech. */
const searchedSeconds = 60;
/** The client is waiting for its answer, and a busy service has no time for this. */
const timeoutMs = 5_000;

export interface ReadAgain {
  readonly modelId: string;
  /** Only this channel; undefined mixes all of them. */
  readonly channel: number | undefined;
  /** The API key in whose turn it is read. */
  readonly keyName: string | undefined;
}

/** Recognizes some seconds of an input at other sample rates than the declared one. */
@Injectable()
export class OtherReadings {
  constructor(
    private readonly reader: RecordingReader,
    private readonly recognizer: Recognizer,
  ) {}

  /** The mean log-probability below which a text of the model is doubtful. */
  doubtfulBelow(modelId: string): number {
    return this.recognizer.resolveModel(modelId).capabilities.confidence.doubtfulBelow;
  }

  /**
   * @param rates Hz
   * @returns an empty list if the service has no time
   */
  async readAt(
    rates: readonly number[],
    samples: RawSamples,
    how: ReadAgain,
    signal: AbortSignal,
  ): Promise<readonly Reading[]> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const readings: Reading[] = [];
      for (const rate of rates) readings.push(await this.read(rate, samples, how, limited));
      return readings;
    } catch {
      // The queue is full, the service is shutting down, or a process ended: the answer does not depend on this.
      return [];
    }
  }

  private async read(
    sampleRate: number,
    { bytes, format }: RawSamples,
    { modelId, channel, keyName }: ReadAgain,
    signal: AbortSignal,
  ): Promise<Reading> {
    const searched = bytes.subarray(0, searchedSeconds * sampleRate * bytesPerFrame(format));
    const recording = await this.reader.open(
      wholeRecording(searched),
      { ...format, sampleRate },
      {
        maxAudioSeconds: searchedSeconds + 1,
        model: this.recognizer.resolveModel(modelId),
        excerptSeconds,
        keyName,
        ...(channel === undefined ? {} : { channel }),
      },
      signal,
    );
    const sum = new ReadingSum();
    // At a wrong rate a decoder often finds no end: to try again would take longer than the answer itself.
    const options = { modelId, keyName, instructions: { isTrial: true } };
    for await (const segment of this.recognizer.recognize(recording, options, signal)) sum.add(segment);
    return sum.readingAt(sampleRate);
  }
}
