import { SpeechError } from '../common/errors/speech-error.js';
import type { AudioDecoder, CodecDecoder } from './audio-decoder.js';
import type { AudioFormat } from './audio.types.js';
import { readAiffHeader } from './decoders/containers/aiff-header.js';
import { readAuHeader } from './decoders/containers/au-header.js';
import { readCafHeader } from './decoders/containers/caf-header.js';
import { ContainerDecoder } from './decoders/containers/container.decoder.js';
import { HeaderReader } from './decoders/containers/header-reader.js';
import type { HeaderReading } from './decoders/containers/header-reading.js';
import { readSphereHeader } from './decoders/containers/sphere-header.js';
import { readWave64Header } from './decoders/containers/wave64-header.js';
import type { ContainerHeader } from './decoders/container-header.js';
import { openFlac, openOggFlac } from './decoders/flac/open-flac.js';
import { openMp3 } from './decoders/mp3/open-mp3.js';
import { openLiveMp4, openMp4 } from './decoders/mp4/open-mp4.js';
import { openAnyOgg } from './decoders/ogg/open-any-ogg.js';
import { openOggVorbis } from './decoders/vorbis/open-vorbis.js';
import { openOggOpus, openWebmOpus } from './decoders/opus/open-opus.js';
import { WavChunkWalk } from './decoders/wav/wav-chunk-walk.js';
import { WavDecoder } from './decoders/wav/wav.decoder.js';

/** How an input format is decoded. `demuxer` is that of ffmpeg, which decodes what is in the container and not decoded here. */
type InputFormat =
  /** Samples in a container: a few lines of our own, cheap enough for the thread of the sockets. */
  | {
      readonly kind: 'samples';
      readonly open: () => AudioDecoder;
      readonly openHeader: () => ContainerHeader;
      readonly demuxer?: string;
    }
  /** A compressed format: a package that is loaded when it is needed, and only in a process that can be killed. */
  | {
      readonly kind: 'codec';
      readonly open: () => Promise<CodecDecoder>;
      /** Where a live stream needs another one. */
      readonly openLive?: () => Promise<CodecDecoder>;
      readonly demuxer?: string;
    }
  /** A format that only ffmpeg decodes, where the operator has turned it on. */
  | { readonly kind: 'ffmpeg'; readonly name: string; readonly demuxer: string };

/** @param name for messages */
function samplesIn(
  container: AudioFormat['container'],
  name: string,
  read: () => HeaderReading,
  demuxer?: string,
): InputFormat {
  return {
    kind: 'samples',
    open: () => new ContainerDecoder(container, name, read()),
    openHeader: () => new HeaderReader(read()),
    ...(demuxer === undefined ? {} : { demuxer }),
  };
}

function byFfmpeg(name: string, demuxer: string): [string, InputFormat] {
  return [name, { kind: 'ffmpeg', name, demuxer }];
}

/** Every format that is decoded, by the name that `detectContainer` gives it. A new one is a row. */
const inputFormats: ReadonlyMap<string, InputFormat> = new Map<string, InputFormat>([
  [
    'wav',
    {
      kind: 'samples',
      open: () => new WavDecoder(),
      openHeader: () => new WavChunkWalk(),
      demuxer: 'wav',
    },
  ],
  ['AIFF', samplesIn('aiff', 'AIFF', readAiffHeader, 'aiff')],
  ['Sun AU', samplesIn('au', 'AU', readAuHeader, 'au')],
  ['CAF', samplesIn('caf', 'CAF', readCafHeader, 'caf')],
  ['Sony Wave64', samplesIn('w64', 'Wave64', readWave64Header, 'w64')],
  ['NIST SPHERE', samplesIn('sphere', 'SPHERE', readSphereHeader)],
  ['FLAC', { kind: 'codec', open: openFlac }],
  ['Ogg/FLAC', { kind: 'codec', open: openOggFlac }],
  ['MP3', { kind: 'codec', open: openMp3 }],
  ['Ogg/Vorbis', { kind: 'codec', open: openOggVorbis }],
  ['Ogg/Opus', { kind: 'codec', open: openOggOpus }],
  ['Ogg', { kind: 'codec', open: openAnyOgg, demuxer: 'ogg' }],
  ['WebM', { kind: 'codec', open: openWebmOpus, demuxer: 'matroska' }],
  ['Matroska', { kind: 'codec', open: openWebmOpus, demuxer: 'matroska' }],
  ['MP4 or M4A', { kind: 'codec', open: openMp4, openLive: openLiveMp4, demuxer: 'mov' }],
  byFfmpeg('AAC (ADTS)', 'aac'),
  byFfmpeg('AMR', 'amr'),
  byFfmpeg('AC-3', 'ac3'),
  byFfmpeg('Windows Media (ASF)', 'asf'),
  byFfmpeg('Ogg/Speex', 'ogg'),
  byFfmpeg('WavPack', 'wv'),
  byFfmpeg("Monkey's Audio", 'ape'),
  byFfmpeg('True Audio', 'tta'),
  byFfmpeg('AVI', 'avi'),
  byFfmpeg('Flash video', 'flv'),
]);

/** For the refusal of other formats. */
const acceptedFormats =
  'WAV (PCM of 8, 16, 24 or 32 bits, float, mu-law, A-law, IMA or Microsoft ADPCM, GSM 6.10, G.722); AIFF, AU, CAF, Wave64 and SPHERE ' +
  '(PCM, float, mu-law, A-law); FLAC, MP3, Vorbis and FLAC in Ogg; Opus in Ogg, WebM or Matroska; Opus, FLAC and MP3 in MP4; and raw samples with a declared ' +
  'encoding, sample rate and number of channels';

/** @throws SpeechError AUDIO_UNSUPPORTED_FORMAT for a container that is not decoded, or bytes of none */
export function inputFormatOf(container: string | undefined): InputFormat {
  const format = container === undefined ? undefined : inputFormats.get(container);
  if (format !== undefined) return format;
  throw unsupportedFormat(container);
}

/** The refusal of a container that is not decoded, or of bytes of none. It names what an operator can turn on. */
export function unsupportedFormat(container: string | undefined): SpeechError {
  const what =
    container === undefined ? 'The bytes are of no known audio format' : `The bytes are ${container}`;
  return new SpeechError(
    'AUDIO_UNSUPPORTED_FORMAT',
    `${what}. Accepted are ${acceptedFormats}. Where the operator sets FFMPEG: also AAC and ALAC in MP4 or M4A, AMR, WMA and more.`,
  );
}

/** @returns the demuxer of ffmpeg for a container; undefined if there is none, or no need for it */
export function demuxerOf(container: string | undefined): string | undefined {
  return container === undefined ? undefined : inputFormats.get(container)?.demuxer;
}

/** @returns a reader of the header of a container of samples; undefined for every other format */
export function openHeaderOf(container: string | undefined): ContainerHeader | undefined {
  const format = container === undefined ? undefined : inputFormats.get(container);
  return format?.kind === 'samples' ? format.openHeader() : undefined;
}

/** Whether a process that can be killed has to decode it, also in live streams. */
export function isCodec(container: string | undefined): boolean {
  return container !== undefined && inputFormats.get(container)?.kind === 'codec';
}

/** @throws SpeechError AUDIO_UNSUPPORTED_FORMAT */
export async function openCodec(container: string): Promise<CodecDecoder> {
  const format = inputFormatOf(container);
  if (format.kind === 'codec') return (format.openLive ?? format.open)();
  throw new SpeechError('AUDIO_UNSUPPORTED_FORMAT', `${container} is not accepted in a live stream.`);
}
