import type { CodecDecoder } from '../../audio-decoder.js';

export async function openMp3(): Promise<CodecDecoder> {
  const [{ MPEGDecoder }, { Mp3Decoder }] = await Promise.all([
    import('mpg123-decoder'),
    import('./mp3.decoder.js'),
  ]);
  const decoder = new MPEGDecoder({ enableGapless: false });
  await decoder.ready;
  return new Mp3Decoder(decoder);
}
