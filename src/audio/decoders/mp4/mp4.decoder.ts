import { SpeechError } from '../../../common/errors/speech-error.js';
import type { ObjectState } from '../../../common/object-state.js';
import type { CodecDecoder, CodecState } from '../../audio-decoder.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { Mp4Samples } from './mp4-samples.js';
import type { Mp4Options, Mp4SamplesState } from './mp4-samples.js';
import type { Mp4Track } from './mp4-track.js';

/** Creates the decoder of the codec, and the bytes that it gets first. */
export type OpenTrack = (track: Mp4Track) => Promise<{ decoder: CodecDecoder; first: Uint8Array }>;

/** Decodes Opus, FLAC and MP3 in MP4 files, with the decoders of these codecs in other files. */
export class Mp4Decoder implements CodecDecoder {
  private readonly samples: Mp4Samples;
  private decoder: CodecDecoder | undefined;

  constructor(
    private readonly openTrack: OpenTrack,
    options: Mp4Options,
  ) {
    this.samples = new Mp4Samples(options);
  }

  get format(): AudioFormat | undefined {
    const format = this.decoder?.format;
    return format && { ...format, container: 'mp4' };
  }

  get truncation(): string | undefined {
    return this.samples.truncation;
  }

  get nextOffset(): number | undefined {
    return this.samples.nextOffset;
  }

  resumption(): Uint8Array {
    return this.samples.resumption;
  }

  get heldBytes(): number {
    return this.samples.heldBytes;
  }

  /** As near as the state of the codec is. Of a recording only: a live stream goes on at its next fragment. */
  state(): CodecState | undefined {
    const samples = this.samples.state();
    const codec = this.decoder?.state?.();
    return samples && codec && { resumption: codec.resumption, values: { samples, codec: codec.values } };
  }

  async restore({ resumption, values }: CodecState): Promise<void> {
    this.samples.restore(values['samples'] as Mp4SamplesState);
    const { decoder } = await this.openTrack(this.samples.track!);
    this.decoder = decoder;
    await decoder.restore?.({ resumption, values: values['codec'] as ObjectState });
  }

  durationOf(): undefined {
    return undefined;
  }

  push(bytes: Uint8Array): AsyncGenerator<PcmChunk, void, undefined> {
    return this.decode(this.samples.push(bytes));
  }

  async *flush(): AsyncGenerator<PcmChunk, void, undefined> {
    yield* this.decode(this.samples.flush());
    if (this.decoder === undefined) throw new SpeechError('AUDIO_EMPTY', 'The MP4 file has no samples.');
    yield* this.decoder.flush();
  }

  dispose(): void {
    this.decoder?.dispose();
  }

  private async *decode(samples: Iterable<Uint8Array>): AsyncGenerator<PcmChunk, void, undefined> {
    for (const sample of samples) {
      if (this.decoder === undefined) {
        const { decoder, first } = await this.openTrack(this.samples.track!);
        this.decoder = decoder;
        yield* decoder.push(first);
      }
      yield* this.decoder.push(sample);
    }
  }
}
