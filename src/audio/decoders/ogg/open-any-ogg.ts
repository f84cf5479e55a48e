import type { CodecDecoder } from '../../audio-decoder.js';

export async function openAnyOgg(): Promise<CodecDecoder> {
  const { AnyOggDecoder } = await import('./any-ogg.decoder.js');
  return new AnyOggDecoder();
}
