import { readFileSync } from 'node:fs';
import { AnyFormatDecoder } from '../../src/audio/any-format.decoder.js';
import type { AudioFormat, PcmChunk } from '../../src/audio/audio.types.js';
import { joinSamples } from '../../src/audio/join-samples.js';
import type { FfmpegProgram } from '../../src/audio/decoders/ffmpeg/ffmpeg-command.js';
import { SpeechError } from '../../src/common/errors/speech-error.js';
import { giveRecording } from './give-recording.js';
import { samplesOf } from './recordings.js';

const fixtures = new URL('../fixtures/', import.meta.url);

/** A file made of the sentence 0880, as test/fixtures/README.md describes it. */
export function codecFile(ending: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`sense-and-sensibility-0880${ending}`, fixtures)));
}

/** The samples of the sentence 0880: 16 kHz, mono. */
export function sentenceSamples(): Float32Array {
  return samplesOf(codecFile('.wav').subarray(44));
}

export interface DecodedFile {
  readonly samples: Float32Array;
  readonly chunks: readonly PcmChunk[];
  readonly format: AudioFormat | undefined;
  readonly seconds: number | undefined;
  /** How the file is cut short. */
  readonly truncation: string | undefined;
  /** Of the error after the samples. */
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** Decodes a file of any format. @throws what is not a SpeechError */
export async function decodeFile(
  bytes: Uint8Array,
  pieceBytes = bytes.length || 1,
  ffmpeg?: FfmpegProgram,
): Promise<DecodedFile> {
  const decoder = new AnyFormatDecoder(undefined, ffmpeg);
  const chunks: PcmChunk[] = [];
  let error: SpeechError | undefined;
  try {
    await giveRecording(decoder, bytes, pieceBytes, (chunk) => chunks.push(chunk));
  } catch (caught) {
    if (!(caught instanceof SpeechError)) throw caught;
    error = caught;
  }
  decoder.dispose();
  return {
    samples: joinSamples(chunks.map(({ samples }) => samples)),
    chunks,
    format: decoder.format,
    seconds: decoder.durationOf(bytes.length),
    truncation: decoder.truncation,
    code: error?.code,
    message: error?.message,
  };
}

/** Sample rate and channels, as often as they change. */
export function formatsOf(chunks: readonly PcmChunk[]): readonly string[] {
  const formats = chunks.map(({ sampleRate, channels }) => `${sampleRate}/${channels}`);
  return formats.filter((format, at) => format !== formats[at - 1]);
}

/** 1 if two recordings are the same except for a factor. */
export function correlation(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Every sample of one channel. */
export function channelOf(samples: Float32Array, channel: number, channels: number): Float32Array {
  return samples.filter((_, at) => at % channels === channel);
}
