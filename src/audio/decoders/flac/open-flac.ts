import type { CodecDecoder } from '../../audio-decoder.js';

export async function openFlac(): Promise<CodecDecoder> {
  const { FlacDecoder } = await import('./flac.decoder.js');
  return new FlacDecoder('flac');
}

export async function openOggFlac(): Promise<CodecDecoder> {
  const { OggFlacDecoder } = await import('./ogg-flac.decoder.js');
  return new OggFlacDecoder();
}
