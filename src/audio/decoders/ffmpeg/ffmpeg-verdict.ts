import { SpeechError } from '../../../common/errors/speech-error.js';

/** With which ffmpeg ends when more than two thirds of the frames could not be decoded. */
const mostlyDamaged = 69;

/**
 * Decides what the end of ffmpeg means for its recording. A file that is damaged or cut short is recognized as far as it goes.
 *
 * @param complaint what it said about errors, which is never passed on
 * @param name the format, for messages
 */
export function ffmpegVerdict(
  exit: { readonly code: number | null; readonly signal: string | null } | undefined,
  complaint: string,
  hasSamples: boolean,
  name: string,
): SpeechError | undefined {
  if (exit?.code === 126 || exit?.code === 127) {
    return new SpeechError(
      'INTERNAL',
      'ffmpeg could not be started, although it ran when the service started.',
    );
  }
  if (exit?.code === mostlyDamaged) {
    return new SpeechError('AUDIO_CORRUPT', `Most of the ${name} file is damaged.`);
  }
  if (exit?.code === null) {
    return new SpeechError('AUDIO_CORRUPT', `The ${name} file takes ffmpeg too much memory or time.`);
  }
  if (hasSamples) return undefined;
  if (/matches no streams|not on whitelist|Decoder .* not found|could not find codec/i.test(complaint)) {
    return new SpeechError(
      'AUDIO_UNSUPPORTED_FORMAT',
      `The ${name} file has no audio in a codec that is decoded here.`,
    );
  }
  if (exit?.code === 0 && complaint === '')
    return new SpeechError('AUDIO_EMPTY', `The ${name} file has no samples.`);
  return new SpeechError('AUDIO_CORRUPT', `ffmpeg cannot decode the ${name} file.`);
}
