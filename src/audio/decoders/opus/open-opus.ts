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

/** @param dOps content of the box with the header. @throws SpeechError AUDIO_* */
export async function openMp4Opus(dOps: Uint8Array): Promise<CodecDecoder> {
  const [{ OpusFileDecoder }, { Mp4OpusDemuxer }] = await Promise.all([
    import('./opus-file.decoder.js'),
    import('./mp4-opus.demuxer.js'),
  ]);
  return new OpusFileDecoder(new Mp4OpusDemuxer(dOps));
}

/** @param channels 1 or 2. @throws SpeechError AUDIO_INVALID_CHANNELS, AUDIO_CORRUPT */
export async function openOpusPackets(channels: number): Promise<CodecDecoder> {
  const { OpusPacketsDecoder } = await import('./opus-packets.decoder.js');
  return OpusPacketsDecoder.open(channels);
}
