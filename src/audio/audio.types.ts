/** How the samples of an input are written: little-endian, `linear8` unsigned (as in WAV), `linear16` and up signed. */
export type AudioEncoding =
  | 'linear8'
  | 'linear16'
  | 'linear24'
  | 'linear32'
  | 'float32'
  | 'float64'
  | 'mulaw'
  | 'alaw'
  | 'ima-adpcm'
  | 'ms-adpcm';

/** The encodings that make sense without a container's header. */
export type RawEncoding = Exclude<AudioEncoding, 'ima-adpcm' | 'ms-adpcm'>;

/** How raw bytes are to be read, as the client declared it. */
export interface DeclaredFormat {
  readonly encoding: RawEncoding;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
}

/** What a client sent: found in a container's header or declared beside raw bytes. */
export interface AudioFormat {
  readonly container: 'wav' | 'raw';
  readonly encoding: AudioEncoding;
  /** Hz, 8,000 to 192,000. */
  readonly sampleRate: number;
  /** 1 to 8. */
  readonly channels: number;
}

/** Decoded samples as they came. */
export interface PcmChunk {
  /** Interleaved, shape (frames, channels), in [-1, 1]. */
  readonly samples: Float32Array;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
}
