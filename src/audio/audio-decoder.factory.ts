import { SpeechError } from '../common/errors/speech-error.js';
import type { AudioDecoder } from './audio-decoder.js';
import type { AudioFormat, DeclaredFormat, PcmChunk } from './audio.types.js';
import { detectContainer, headBytes, signatureBytes } from './container-detection.js';
import { RawDecoder } from './decoders/raw.decoder.js';
import { WavDecoder } from './decoders/wav/wav.decoder.js';
import { joinSamples } from './join-samples.js';

/** Decoders by the container name that `detectContainer` returns. */
const decoders: ReadonlyMap<string, () => AudioDecoder> = new Map([['wav', () => new WavDecoder()]]);

const acceptedFormats =
  'WAV (PCM of 8, 16, 24 or 32 bits, float, mu-law, A-law, IMA or Microsoft ADPCM), and raw samples with a declared ' +
  'encoding, sample rate and number of channels';

function unsupported(found: string | undefined): SpeechError {
  const what = found === undefined ? 'The bytes are of no known audio format' : `The bytes are ${found}`;
  return new SpeechError('AUDIO_UNSUPPORTED_FORMAT', `${what}. Accepted are ${acceptedFormats}.`);
}

/** Collects bytes until the format can be detected, then passes all of them to the decoder for it. */
class DetectingDecoder implements AudioDecoder {
  private readonly head = new Uint8Array(headBytes);
  private held = 0;
  private decoder: AudioDecoder | undefined;

  constructor(private readonly raw: RawDecoder | undefined) {}

  get format(): AudioFormat | undefined {
    return this.decoder?.format;
  }

  durationOf(totalBytes: number): number | undefined {
    return this.decoder?.durationOf(totalBytes);
  }

  push(bytes: Uint8Array): PcmChunk | undefined {
    if (this.decoder) return this.decoder.push(bytes);
    const enough = this.raw ? signatureBytes : headBytes;
    if (this.held === 0 && bytes.length >= enough) {
      this.decoder = this.choose(bytes.subarray(0, headBytes));
      return this.decoder.push(bytes);
    }
    const taken = Math.min(headBytes - this.held, bytes.length);
    this.head.set(bytes.subarray(0, taken), this.held);
    this.held += taken;
    if (this.held < enough) return undefined;
    const first = this.start();
    const second = this.decoder!.push(bytes.subarray(taken));
    return joinChunks(first, second);
  }

  flush(): PcmChunk | undefined {
    if (this.decoder) return this.decoder.flush();
    if (this.held === 0) throw new SpeechError('AUDIO_EMPTY', 'The recording has no bytes.');
    const first = this.start();
    return joinChunks(first, this.decoder!.flush());
  }

  private start(): PcmChunk | undefined {
    const head = this.head.subarray(0, this.held);
    this.decoder = this.choose(head);
    return this.decoder.push(head);
  }

  private choose(head: Uint8Array): AudioDecoder {
    const found = detectContainer(head, this.raw !== undefined);
    const create = found === undefined ? undefined : decoders.get(found);
    if (create) return create();
    if (found === undefined && this.raw) return this.raw;
    throw unsupported(found);
  }
}

function joinChunks(first: PcmChunk | undefined, second: PcmChunk | undefined): PcmChunk | undefined {
  if (!first || !second) return first ?? second;
  return { ...first, samples: joinSamples([first.samples, second.samples]) };
}

/**
 * Creates a decoder for one input. It detects the format from the first bytes: the header of a container takes
 * precedence over the declared format.
 *
 * @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for a wrong declaration
 */
export function createAudioDecoder(declared?: DeclaredFormat): AudioDecoder {
  return new DetectingDecoder(declared && new RawDecoder(declared));
}
