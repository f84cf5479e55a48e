import { SpeechError } from '../../../common/errors/speech-error.js';
import type { ObjectState } from '../../../common/object-state.js';
import type { CodecDecoder, CodecState } from '../../audio-decoder.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { joinBytes } from '../../join-bytes.js';
import { openOggFlac } from '../flac/open-flac.js';
import { openOggOpus } from '../opus/open-opus.js';
import { openOggVorbis } from '../vorbis/open-vorbis.js';
import { oggCodecOf } from './ogg-codecs.js';
import { OggPageReader } from './ogg-page-reader.js';

const decoders: Readonly<Record<string, () => Promise<CodecDecoder>>> = {
  Opus: openOggOpus,
  Vorbis: openOggVorbis,
  FLAC: openOggFlac,
};

/** The pages with which all streams of a file begin have some hundred bytes. */
const searchedBytes = 262_144;

/**
 * Decodes the audio of an Ogg file that begins with something else, as those with video do: all streams begin, before the
 * second page of any, and the first one with audio counts.
 */
export class AnyOggDecoder implements CodecDecoder {
  private readonly pages = new OggPageReader();
  private readonly names: string[] = [];
  private readonly searched: Uint8Array[] = [];
  private searchedLength = 0;
  /** Key of `decoders`. */
  private codec: string | undefined;
  private decoder: CodecDecoder | undefined;

  get format(): AudioFormat | undefined {
    return this.decoder?.format;
  }

  durationOf(totalBytes: number): number | undefined {
    return this.decoder?.durationOf(totalBytes);
  }

  get truncation(): string | undefined {
    return this.decoder?.truncation;
  }

  get heldBytes(): number {
    return this.decoder?.heldBytes ?? this.searchedLength;
  }

  resumption(): Uint8Array {
    return this.decoder?.resumption() ?? new Uint8Array(0);
  }

  state(): CodecState | undefined {
    const state = this.decoder?.state?.();
    return state && { resumption: state.resumption, values: { codec: this.codec, decoder: state.values } };
  }

  async restore({ resumption, values }: CodecState): Promise<void> {
    this.codec = values['codec'] as string;
    this.decoder = await decoders[this.codec]!();
    await this.decoder.restore?.({ resumption, values: values['decoder'] as ObjectState });
  }

  async *push(bytes: Uint8Array): AsyncGenerator<PcmChunk, void, undefined> {
    if (this.decoder !== undefined) {
      yield* this.decoder.push(bytes);
      return;
    }
    this.searched.push(bytes.slice());
    this.searchedLength += bytes.length;
    this.codec = this.find(bytes);
    if (this.codec !== undefined) {
      this.decoder = await decoders[this.codec]!();
      yield* this.decoder.push(joinBytes(this.searched.splice(0)));
    } else if (this.searchedLength > searchedBytes) {
      throw this.withoutAudio();
    }
  }

  async *flush(): AsyncGenerator<PcmChunk, void, undefined> {
    if (this.decoder === undefined) throw this.withoutAudio();
    yield* this.decoder.flush();
  }

  dispose(): void {
    this.decoder?.dispose();
  }

  /** @throws SpeechError AUDIO_UNSUPPORTED_FORMAT once no further stream can begin */
  private find(bytes: Uint8Array): string | undefined {
    for (const { beginsStream, body } of this.pages.push(bytes)) {
      if (!beginsStream) throw this.withoutAudio();
      const codec = oggCodecOf(body);
      if (codec !== undefined && Object.hasOwn(decoders, codec)) return codec;
      this.names.push(codec ?? 'an unknown codec');
    }
    return undefined;
  }

  private withoutAudio(): SpeechError {
    const names = this.names.filter((name) => name !== 'Skeleton');
    const what = names.length === 0 ? 'no stream' : [...new Set(names)].join(' and ');
    return new SpeechError(
      'AUDIO_UNSUPPORTED_FORMAT',
      `The bytes are Ogg with ${what}. Opus, Vorbis and FLAC in it are decoded.`,
    );
  }
}
