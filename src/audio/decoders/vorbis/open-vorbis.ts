import type { CodecDecoder } from '../../audio-decoder.js';

export async function openOggVorbis(): Promise<CodecDecoder> {
  const [{ OggVorbisDecoder }, { VorbisPacketDecoder }, { OggVorbisFileDecoder }] = await Promise.all([
    import('@wasm-audio-decoders/ogg-vorbis'),
    import('./vorbis-packet-decoder.js'),
    import('./ogg-vorbis.decoder.js'),
  ]);
  const decoder = new OggVorbisDecoder();
  await decoder.ready;
  return new OggVorbisFileDecoder(new VorbisPacketDecoder(decoder));
}
