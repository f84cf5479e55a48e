import type { SampleFormat } from './sample-format.js';

/** The header of a container of samples, as far as it has been read. */
export interface ContainerHeader {
  /** Undefined until the format has been read. */
  readonly format: SampleFormat | undefined;
  /** Byte offset of the samples; undefined until they begin. */
  readonly dataStart: number | undefined;
  /** Bytes of samples that the header claims; Infinity if it does not state a size. */
  readonly dataBytes: number;
  /**
   * @returns how many bytes it consumed; after the push in which the samples begin, those before the first sample
   * @throws SpeechError AUDIO_CORRUPT, AUDIO_UNSUPPORTED_FORMAT, AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS
   */
  push(bytes: Uint8Array): number;
}

/** Up to this many bytes after the claimed samples may be tags and pictures. */
const metadataBytes = 1_048_576;

/** @returns the duration in seconds of an input of `totalBytes`; undefined until its header has been read */
export function secondsOfSamples(header: ContainerHeader, totalBytes: number): number | undefined {
  const { format, dataStart, dataBytes } = header;
  if (format === undefined || dataStart === undefined) return undefined;
  const rest = Math.max(0, totalBytes - dataStart);
  const bytes = rest > dataBytes + metadataBytes ? rest : Math.min(dataBytes, rest);
  const { blockBytes, framesPerBlock } = format.codec;
  return (Math.floor(bytes / blockBytes) * framesPerBlock) / format.sampleRate;
}
