import type { AudioEncoding } from '../../audio/audio.types.js';
import type { Origin } from '../../common/origin.js';
import type { StopReason } from '../../speech-model/hypothesis.js';

/**
 * The numbers of one utterance: of a whole recording, or of live speech from where it begins to its last final. It has neither
 * audio nor text.
 */
export interface UtteranceRecord {
  /** Undefined in commands, such as `evaluate`. Its `clientId` stays in memory. */
  readonly origin: Origin | undefined;
  /** Counts from 0 within the stream; 0 for a recording. */
  readonly utterance: number;
  readonly input: InputFeatures;
  readonly output: OutputFeatures;
  readonly provenance: Provenance;
}

/**
 * Features of the audio, measured at 16 kHz mono before any gain. A feature that cannot be measured is undefined: a level of
 * speech without speech, a signal-to-noise ratio without a pause.
 */
export interface InputFeatures {
  readonly durationSeconds: number;
  /** Level of the windows with speech, dBFS. */
  readonly activeLevelDbfs?: number | undefined;
  /** Integrated loudness with the gates of ITU-R BS.1770-4. */
  readonly loudnessLufs?: number | undefined;
  /** Undefined for digital silence. */
  readonly peakDbfs?: number | undefined;
  /** Share of samples at full scale, 0 to 1. */
  readonly clippedShare?: number | undefined;
  /** Mean of the samples, full scale being 1. */
  readonly dcOffset?: number | undefined;
  /** Power of speech over the power of the windows without speech, by voice activity, dB. */
  readonly snrDb?: number | undefined;
  /** Signal-to-noise ratio by the distribution of amplitudes (WADA-SNR), dB; needs no voice activity. */
  readonly wadaSnrDb?: number | undefined;
  /** Share of windows with speech, 0 to 1. */
  readonly speechShare?: number | undefined;
  /** From the beginning of the audio to the first window with speech; of a later utterance, from the end of the one before. */
  readonly leadingSilenceMs?: number | undefined;
  /** From the last window with speech to the end of the audio of the utterance. */
  readonly trailingSilenceMs?: number | undefined;
  /** Frequency below which 99 % of the energy is, Hz. */
  readonly bandwidthHz?: number | undefined;
  /** Of what the client sent. */
  readonly sourceRateHz: number;
  readonly channels: number;
  readonly codec: AudioEncoding;
  /** The name of the wire protocol; undefined in commands. */
  readonly protocol: string | undefined;
}

/** Features of the text, and of how it came about. */
export interface OutputFeatures {
  /** No text, although there was speech. */
  readonly isEmpty: boolean;
  /** Words in a second of speech; undefined without speech. */
  readonly wordsPerSecond?: number | undefined;
  /** Mean log-probability of the tokens; undefined without tokens. */
  readonly meanLogProb?: number | undefined;
  /** Mean entropy of the tokens' distributions, nats; undefined for graphs that do not give it. */
  readonly meanEntropy?: number | undefined;
  /** Why decoding stopped; of several segments, the first one that had no end by itself. */
  readonly stopReason: StopReason;
  /** Words of partials that a later partial or the final replaced; undefined without partials. */
  readonly partialRevisions?: number | undefined;
  /**
   * Speech began within a second after the utterance before had been ended by a pause: that was probably too early. Undefined for a
   * recording.
   */
  readonly speechAfterFinal?: boolean | undefined;
  /** Of live speech, from the audio that decided its end to its last final; of a recording, the time that it took. */
  readonly latencyMs: number;
}

/** The model and the stages that an utterance went through. */
export interface Provenance {
  readonly modelId: string;
  readonly version: number;
  /** SHA-256 over the hashes of the files of the model's manifest, hexadecimal. */
  readonly weightsHash: string;
  /** The variant of the model's graphs. */
  readonly variant: string;
  readonly vadVersion: number;
  readonly normalizerVersion: number;
}
