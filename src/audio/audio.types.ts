/** Encodings of samples: little-endian without `be`. `linear8` is unsigned (as in WAV), the others are signed. */
export type AudioEncoding =
  | 'linear8'
  | 'signed8'
  | 'linear16'
  | 'linear24'
  | 'linear32'
  | 'float32'
  | 'float64'
  | 'linear16be'
  | 'linear24be'
  | 'linear32be'
  | 'float32be'
  | 'float64be'
  | 'mulaw'
  | 'alaw'
  | 'ima-adpcm'
  | 'ms-adpcm'
  | 'g722'
  | 'gsm'
  | 'flac'
  | 'mp3'
  | 'opus'
  | 'vorbis'
  /** Decoded by ffmpeg. */
  | 'other';

/** The encodings whose samples are independent of one another: they can be read from any of them, and at any rate. */
export type RawEncoding = Exclude<
  AudioEncoding,
  'ima-adpcm' | 'ms-adpcm' | 'g722' | 'gsm' | 'flac' | 'mp3' | 'opus' | 'vorbis' | 'other'
>;

/** The encodings that make sense without a container's header. */
export type DeclaredEncoding = RawEncoding | 'g722';

/** The format of raw bytes, as the client declared it. */
export interface DeclaredFormat {
  readonly encoding: DeclaredEncoding;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
}

/** The format of samples that are independent of one another. */
export type RawFormat = DeclaredFormat & { readonly encoding: RawEncoding };

/** The format of an input: from the header of its container, or declared for raw bytes. */
export interface AudioFormat {
  readonly container:
    | 'wav'
    | 'w64'
    | 'aiff'
    | 'au'
    | 'caf'
    | 'sphere'
    | 'flac'
    | 'mp3'
    | 'ogg'
    | 'webm'
    | 'mp4'
    | 'raw'
    | 'other';
  readonly encoding: AudioEncoding;
  /** Hz, 8,000 to 192,000. */
  readonly sampleRate: number;
  /** 1 to 8. */
  readonly channels: number;
}

/** Decoded samples, at the rate and with the channels of the input. */
export interface PcmChunk {
  /** Interleaved, shape (frames, channels), in [-1, 1]. */
  readonly samples: Float32Array;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
}
