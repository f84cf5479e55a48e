import { checkChannels, checkG722, checkSampleRate } from '../../audio/audio-limits.js';
import type { DeclaredEncoding, DeclaredFormat } from '../../audio/audio.types.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { DeclaredPackets } from '../../recognition/live-decoding/live-sources.js';
import type { ListenQuery } from './listen-query.dto.js';

/** Deepgram's names for raw samples, and G.722, which telephones use. */
const encodings: Readonly<Record<string, DeclaredEncoding>> = {
  linear16: 'linear16',
  linear32: 'linear32',
  mulaw: 'mulaw',
  alaw: 'alaw',
  g722: 'g722',
};

/** Their bytes begin with a header, which is read as without `encoding`; they need no sample rate. */
const selfDescribing: ReadonlySet<string> = new Set(['flac', 'ogg-opus', 'mp3']);

/**
 * The same for live audio, whose messages may be packets of Opus.
 * @throws SpeechError as `declaredFormat`
 */
export function declaredLiveFormat(
  query: Pick<ListenQuery, 'encoding' | 'sample_rate' | 'channels'>,
): DeclaredFormat | DeclaredPackets | undefined {
  const { encoding, channels = 1 } = query;
  if (encoding !== 'opus') return declaredFormat(query, ['opus']);
  const { encoding: _, ...rest } = query;
  declaredFormat(rest);
  if (channels > 2) {
    throw new SpeechError('AUDIO_INVALID_CHANNELS', 'Packets of Opus have one or two channels.', {
      param: 'channels',
    });
  }
  return { encoding: 'opus', channels };
}

/**
 * The declared format of raw samples; undefined without `encoding`, or for one with a header: then the format is detected.
 * @param others names of further encodings, for the refusal
 * @throws SpeechError AUDIO_UNSUPPORTED_FORMAT, INVALID_FIELD, AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS
 */
export function declaredFormat(
  query: Pick<ListenQuery, 'encoding' | 'sample_rate' | 'channels'>,
  others: readonly string[] = [],
): DeclaredFormat | undefined {
  const { encoding, sample_rate: sampleRate, channels = 1 } = query;
  checkChannels(channels, 'channels');
  if (sampleRate !== undefined) checkSampleRate(sampleRate, 'sample_rate');
  if (encoding === undefined || selfDescribing.has(encoding)) return undefined;
  const raw = Object.hasOwn(encodings, encoding) ? encodings[encoding] : undefined;
  if (raw === undefined) {
    const names = [...Object.keys(encodings), ...selfDescribing, ...others].join(', ');
    throw new SpeechError(
      'AUDIO_UNSUPPORTED_FORMAT',
      `This encoding is not supported. It may be ${names}; containers are sent without encoding.`,
      { param: 'encoding' },
    );
  }
  if (sampleRate === undefined) {
    throw new SpeechError('INVALID_FIELD', 'encoding needs sample_rate beside it.', { param: 'sample_rate' });
  }
  if (raw === 'g722') checkG722(sampleRate, channels, { sampleRate: 'sample_rate', channels: 'channels' });
  return { encoding: raw, sampleRate, channels };
}
