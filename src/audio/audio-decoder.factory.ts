import { SpeechError } from '../common/errors/speech-error.js';
import type { AudioDecoder } from './audio-decoder.js';
import type { AudioFormat, DeclaredFormat, PcmChunk } from './audio.types.js';
import { RawDecoder } from './decoders/raw.decoder.js';
import { FormatDetector } from './format-detector.js';
import type { DetectedFormat } from './format-detector.js';
import { inputFormatOf } from './input-formats.js';
import { joinChunks } from './join-samples.js';

/** Detects the format of an input of samples from its first bytes, then passes all bytes to the decoder for it. */
class DetectingDecoder implements AudioDecoder {
  private readonly detector: FormatDetector;
  private decoder: AudioDecoder | undefined;

  constructor(private readonly raw: RawDecoder | undefined) {
    this.detector = new FormatDetector(raw !== undefined);
  }

  get format(): AudioFormat | undefined {
    return this.decoder?.format;
  }

  durationOf(totalBytes: number): number | undefined {
    return this.decoder?.durationOf(totalBytes);
  }

  push(bytes: Uint8Array): PcmChunk | undefined {
    if (this.decoder) return this.decoder.push(bytes);
    const detected = this.detector.push(bytes);
    return detected && this.begin(detected);
  }

  flush(): PcmChunk | undefined {
    if (this.decoder) return this.decoder.flush();
    const first = this.begin(this.detector.flush());
    return joinChunks(first, this.decoder!.flush());
  }

  private begin({ container, bytes }: DetectedFormat): PcmChunk | undefined {
    this.decoder = this.decoderFor(container);
    return this.decoder.push(bytes);
  }

  private decoderFor(container: string | undefined): AudioDecoder {
    if (container === undefined && this.raw) return this.raw;
    const format = inputFormatOf(container);
    if (format.kind === 'samples') return format.open();
    throw new SpeechError(
      'AUDIO_UNSUPPORTED_FORMAT',
      `The bytes are ${container}, which is not decoded in this stream. Accepted are WAV, AIFF, AU, CAF, Wave64, SPHERE and raw samples; on /v1/listen also FLAC, MP3, Vorbis and Opus.`,
    );
  }
}

/**
 * Creates a decoder for one input of samples, live or recorded. It detects the format from the first bytes: the header of a
 * container takes precedence over the declared format.
 *
 * @throws SpeechError AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS for a wrong declaration
 */
export function createAudioDecoder(declared?: DeclaredFormat): AudioDecoder {
  return new DetectingDecoder(declared && new RawDecoder(declared));
}
