import type { CodecDecoder } from '../../audio-decoder.js';
import { flacMarker } from '../flac/flac-metadata.js';
import { openFlac } from '../flac/open-flac.js';
import { openMp3 } from '../mp3/open-mp3.js';
import { openMp4Opus } from '../opus/open-opus.js';
import type { Mp4Track } from './mp4-track.js';

/** Version and flags, before the blocks that begin a FLAC file. */
const flacHeaderOffset = 4;

export async function openMp4(): Promise<CodecDecoder> {
  const { Mp4Decoder } = await import('./mp4.decoder.js');
  return new Mp4Decoder(openTrack, { isLive: false });
}

/** Only fragments can be decoded while they arrive. */
export async function openLiveMp4(): Promise<CodecDecoder> {
  const { Mp4Decoder } = await import('./mp4.decoder.js');
  return new Mp4Decoder(openTrack, { isLive: true });
}

async function openTrack({ codec, header }: Mp4Track): Promise<{ decoder: CodecDecoder; first: Uint8Array }> {
  switch (codec) {
    case 'Opus':
      return { decoder: await openMp4Opus(header), first: new Uint8Array(0) };
    case 'FLAC':
      return {
        decoder: await openFlac(),
        first: Uint8Array.of(...flacMarker, ...header.subarray(flacHeaderOffset)),
      };
    case 'MP3':
      return { decoder: await openMp3(), first: new Uint8Array(0) };
  }
}
