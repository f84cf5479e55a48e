import { SpeechError } from '../common/errors/speech-error.js';
import type { AudioDecoder, CodecDecoder } from './audio-decoder.js';
import { WavDecoder } from './decoders/wav/wav.decoder.js';

/** How an input format is decoded. */
type InputFormat =
  /** Samples in a container: a few lines of our own, cheap enough for the thread of the sockets. */
  | { readonly kind: 'samples'; readonly open: () => AudioDecoder }
  /** A compressed format: a package that is loaded when it is needed, and only in a process that can be killed. */
  | { readonly kind: 'codec'; readonly open: () => Promise<CodecDecoder> };

/** Every format that is decoded, by the name that `detectContainer` gives it. A new one is a row. */
const inputFormats: ReadonlyMap<string, InputFormat> = new Map<string, InputFormat>([
  ['wav', { kind: 'samples', open: () => new WavDecoder() }],
]);

/** For the refusal of other formats. */
const acceptedFormats =
  'WAV (PCM of 8, 16, 24 or 32 bits, float, mu-law, A-law, IMA or Microsoft ADPCM), and raw samples with a declared ' +
  'encoding, sample rate and number of channels';

/** @throws SpeechError AUDIO_UNSUPPORTED_FORMAT for a container that is not decoded, or bytes of none */
export function inputFormatOf(container: string | undefined): InputFormat {
  const format = container === undefined ? undefined : inputFormats.get(container);
  if (format !== undefined) return format;
  const what =
    container === undefined ? 'The bytes are of no known audio format' : `The bytes are ${container}`;
  throw new SpeechError('AUDIO_UNSUPPORTED_FORMAT', `${what}. Accepted are ${acceptedFormats}.`);
}
