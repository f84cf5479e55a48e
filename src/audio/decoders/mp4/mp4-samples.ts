import { SpeechError } from '../../../common/errors/speech-error.js';
import { ByteWindow } from '../../byte-window.js';
import { joinBytes } from '../../join-bytes.js';
import { fragmentPlaces } from './fragment-places.js';
import { MoovSearch } from './moov-search.js';
import { readBoxHeader } from './mp4-box.js';
import { soundTrackOf } from './mp4-track.js';
import type { Mp4Track } from './mp4-track.js';
import { samplePlaces } from './sample-places.js';
import type { SamplePlace } from './sample-places.js';

/** A packet of sound is far smaller. */
const sampleBytesAtMost = 1_048_576;
/** Of ten seconds there are some kilobytes. */
const moofBytesAtMost = 4_194_304;
/** A fragment of a live recording is decoded when it is complete, so that another process can begin with the next one. */
const wholeFragmentBytes = 1_048_576;
const noBytes = new Uint8Array(0);
/** A longer gap, as of a video, is jumped over. */
const gapBytesAtMost = 524_288;

/** Tables of six hours of Opus have 1.5 MB. With longer ones, a recording cannot go on elsewhere. */
const tableBytesAtMost = 4_194_304;

/** A place between two samples, with everything that says where the next ones are. */
export interface Mp4SamplesState {
  readonly track: Mp4Track;
  /** The samples are those of the tables of the track otherwise. */
  readonly fragment: Fragment | undefined;
  /** Samples of the tables, or of the fragment, that were taken. */
  readonly taken: number;
  readonly isFragmented: boolean;
  readonly position: number;
  readonly wanted: number | undefined;
  readonly mediaEnd: number | undefined;
  /** From the position on. */
  readonly held: Uint8Array;
}

/** The description of some samples: a box, and its offset in the file. */
interface Fragment {
  readonly moof: Uint8Array;
  readonly offset: number;
}

export interface Mp4Options {
  /** The bytes come in order only, so that only fragments are taken. */
  readonly isLive: boolean;
}

/**
 * Finds the encoded samples of the sound in an MP4 file, whose description may come first or last, or whose samples come in
 * fragments. It holds one sample or small fragment.
 */
export class Mp4Samples {
  private readonly search = new MoovSearch();
  private readonly window = new ByteWindow();
  /** Offset in the file of the first byte of the window, or of what is to be skipped. */
  private position = 0;
  private wanted: number | undefined;
  private places: Iterator<SamplePlace, void, undefined> | undefined;
  private taken = 0;
  private next: SamplePlace | undefined;
  private fragment: Fragment | undefined;
  /** Of the box with the samples of a fragment. */
  private mediaEnd: number | undefined;
  private isFragmented = false;
  track: Mp4Track | undefined;
  /** In a live stream, the description and the last fragment, with which another decoder can go on at the next one. */
  private description: Uint8Array = noBytes;
  private lastFragment: Uint8Array = noBytes;

  constructor(private readonly options: Mp4Options) {}

  /** Offset in the file at which the next bytes have to begin; undefined: where the ones before end. */
  get nextOffset(): number | undefined {
    return this.track === undefined ? this.search.nextOffset : this.wanted;
  }

  /** After the last bytes, how the file is cut short; undefined if no sample, and no part of a fragment, is missing. */
  get truncation(): string | undefined {
    if (this.track === undefined) return undefined;
    const isShort = this.isFragmented
      ? this.mediaEnd !== undefined && this.mediaEnd !== Infinity && this.position < this.mediaEnd
      : this.next !== undefined;
    return isShort || (this.isFragmented && this.window.length > 0) ? truncated : undefined;
  }

  /** Bytes of the end of what was pushed that are not decoded yet. */
  get heldBytes(): number {
    return this.track === undefined ? this.search.heldBytes : this.window.length;
  }

  /** See `CodecDecoder`. */
  get resumption(): Uint8Array {
    return joinBytes([this.description, this.lastFragment]);
  }

  /** Undefined before the description, of a live stream, and where it would be too large. To be called when all samples were taken. */
  state(): Mp4SamplesState | undefined {
    const { track, fragment, taken, isFragmented, position, wanted, mediaEnd } = this;
    if (track === undefined || this.options.isLive) return undefined;
    const tableBytes = [...track.tables.values()].reduce((sum, { length }) => sum + length, 0);
    if (tableBytes > tableBytesAtMost) return undefined;
    const held = this.window.view();
    return { track, fragment, taken, isFragmented, position, wanted, mediaEnd, held };
  }

  /** To be called before anything is pushed. */
  restore({ track, fragment, taken, held, ...values }: Mp4SamplesState): void {
    Object.assign(this, values);
    this.track = ownTrack(track);
    if (fragment === undefined) this.takeFrom(samplePlaces(this.track));
    else this.beginFragment({ ...fragment, moof: fragment.moof.slice() });
    while (this.taken < taken && this.next !== undefined) this.takePlace();
    this.window.push(held);
  }

  /** @yields encoded samples, valid until the next one. @throws SpeechError AUDIO_* */
  *push(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    if (this.track === undefined) {
      const moov = this.search.push(bytes);
      if (moov === undefined) {
        if (this.options.isLive && this.search.nextOffset !== undefined) throw notLive();
        return;
      }
      this.begin(moov.bytes, moov.offset + moov.bytes.length, moov.rest);
    } else {
      this.wanted = undefined;
      this.window.push(bytes);
    }
    yield* this.isFragmented ? this.readFragments(false) : this.readSamples(Infinity);
  }

  /** @throws SpeechError AUDIO_CORRUPT if the description is missing */
  *flush(): Generator<Uint8Array, void, undefined> {
    if (this.track === undefined) this.search.flush();
    if (this.isFragmented) yield* this.readFragments(true);
  }

  private begin(moov: Uint8Array, end: number, rest: Uint8Array): void {
    this.track = soundTrackOf(moov);
    this.takeFrom(samplePlaces(this.track));
    this.isFragmented = this.next === undefined;
    if (this.options.isLive && !this.isFragmented) throw notLive();
    if (this.options.isLive) this.description = moov;
    this.position = end;
    this.window.push(rest);
    // The description comes last.
    if (this.next !== undefined && this.next.offset < end) this.jumpTo(this.next.offset);
  }

  private takeFrom(places: Iterator<SamplePlace, void, undefined>): void {
    this.places = places;
    this.taken = 0;
    this.takePlace();
  }

  private beginFragment(fragment: Fragment): void {
    this.fragment = fragment;
    this.takeFrom(fragmentPlaces(fragment.moof, fragment.offset, this.track!));
  }

  private takePlace(): void {
    this.taken++;
    const taken = this.places?.next();
    this.next = taken === undefined || taken.done === true ? undefined : taken.value;
  }

  private jumpTo(offset: number): void {
    this.window.drop(this.window.length);
    this.position = offset;
    this.wanted = offset;
  }

  /** @returns false while bytes are missing */
  private skipTo(offset: number): boolean {
    const skipped = Math.min(offset - this.position, this.window.length);
    this.window.drop(skipped);
    this.position += skipped;
    return this.position === offset;
  }

  /** Gives the samples before `end`, as far as there are bytes. */
  private *readSamples(end: number): Generator<Uint8Array, void, undefined> {
    while (this.next !== undefined && this.wanted === undefined) {
      const { offset, bytes } = this.next;
      if (offset >= end) return;
      if (offset < this.position || bytes > sampleBytesAtMost) {
        throw new SpeechError('AUDIO_CORRUPT', 'The samples of the MP4 file are out of order, or too long.');
      }
      if (!this.isFragmented && offset - this.position > this.window.length + gapBytesAtMost) {
        this.jumpTo(offset);
        return;
      }
      if (!this.skipTo(offset) || this.window.length < bytes) return;
      const sample = this.window.view().subarray(0, bytes);
      this.window.drop(bytes);
      this.position += bytes;
      this.takePlace();
      yield sample;
    }
    // Nothing else of the file matters.
    if (this.next === undefined && !this.isFragmented) this.window.drop(this.window.length);
  }

  private *readFragments(isEnd: boolean): Generator<Uint8Array, void, undefined> {
    for (;;) {
      if (this.mediaEnd !== undefined) {
        yield* this.readSamples(this.mediaEnd);
        if (!this.skipTo(this.mediaEnd)) return;
        this.mediaEnd = undefined;
      }
      const view = this.window.view();
      const header = readBoxHeader(view);
      if (header === 'incomplete') return;
      if (header === undefined)
        throw new SpeechError('AUDIO_CORRUPT', 'The MP4 file is damaged between its fragments.');
      const length = header.bytes ?? Infinity;
      if (header.type === 'moof') {
        if (length > moofBytesAtMost)
          throw new SpeechError('AUDIO_CORRUPT', 'A fragment of the MP4 file is too long.');
        if (view.length < length || (!isEnd && this.isSmallAndIncomplete(view, length))) return;
        this.beginFragment({ moof: view.slice(0, length), offset: this.position });
        this.skipTo(this.position + length);
        continue;
      }
      this.mediaEnd = this.position + length;
    }
  }
  /** Whether the media of a fragment whose description has `moofBytes` are still to come. */
  private isSmallAndIncomplete(view: Uint8Array, moofBytes: number): boolean {
    const media = readBoxHeader(view, moofBytes);
    if (media === 'incomplete') return true;
    const bytes = media?.bytes ?? Infinity;
    if (bytes > wholeFragmentBytes) {
      if (!this.options.isLive) return false;
      throw new SpeechError('AUDIO_CORRUPT', 'A fragment of the MP4 stream is too long.');
    }
    if (view.length < moofBytes + bytes) return true;
    if (this.options.isLive) this.lastFragment = view.slice(0, moofBytes + bytes);
    return false;
  }
}

/** With memory of its own, and not that of the message in which it came. */
function ownTrack(track: Mp4Track): Mp4Track {
  const tables = new Map([...track.tables].map(([type, table]) => [type, table.slice()]));
  return { ...track, header: track.header.slice(), tables };
}

const truncated = 'The MP4 file ends before the samples that it describes do: the recording is cut short.';

function notLive(): SpeechError {
  return new SpeechError(
    'AUDIO_UNSUPPORTED_FORMAT',
    'MP4 is decoded live only in fragments, as browsers record it. Post other files.',
  );
}
