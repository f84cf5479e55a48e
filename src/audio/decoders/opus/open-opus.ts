import type { CodecDecoder } from '../../audio-decoder.js';

/** The modules are loaded when a client sends Opus. */
export async function openOggOpus(): Promise<CodecDecoder> {
  const [{ OpusFileDecoder }, { OggOpusDemuxer }] = await Promise.all([
    import('./opus-file.decoder.js'),
    import('./ogg-opus.demuxer.js'),
  ]);
  return new OpusFileDecoder(new OggOpusDemuxer());
}

export async function openWebmOpus(): Promise<CodecDecoder> {
  const [{ OpusFileDecoder }, { WebmOpusDemuxer }] = await Promise.all([
    import('./opus-file.decoder.js'),
    import('./webm-opus.demuxer.js'),
  ]);
  return new OpusFileDecoder(new WebmOpusDemuxer());
}
