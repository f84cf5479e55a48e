import { SpeechError } from '../../../common/errors/speech-error.js';
import type { WavFormat } from './wav-format.js';
import { parseWavFormat } from './wav-format.js';

/** More than any real file has; metadata is skipped, but a file of headers alone must not keep us busy. */
const maxChunks = 256;
/** A `fmt ` chunk with the longest table of MS ADPCM coefficients is below this. */
const maxFormatBytes = 1_100;
/** Stands for "see ds64" in RF64 and for "not known when written" in streams. */
const unknownSize = 0xffff_ffff;

/** Chunks that are met behind the samples; what begins with anything else there is more of them. */
const chunksBehind: ReadonlySet<string> = new Set([
  ...[
    'LIST',
    'list',
    'INFO',
    'id3 ',
    'ID3 ',
    'bext',
    'fact',
    'cue ',
    'plst',
    'smpl',
    'inst',
    'labl',
    'note',
    'ltxt',
  ],
  ...[
    'PEAK',
    'JUNK',
    'junk',
    'PAD ',
    'FLLR',
    'iXML',
    'axml',
    'chna',
    '_PMX',
    'cart',
    'acid',
    'strc',
    'afsp',
    'DISP',
  ],
  ...['levl', 'umid', 'minf', 'elm1', 'regn', 'MD5 ', 'ubxt', 'fmt '],
]);

type Part = 'riff' | 'chunk' | 'ds64' | 'fmt' | 'skip' | 'data' | 'behind';

function corrupt(message: string): SpeechError {
  return new SpeechError('AUDIO_CORRUPT', message);
}

type OnSamples = (bytes: Uint8Array) => void;

/**
 * Walks the chunks of a RIFF, RF64 or BW64 file as its bytes arrive and finds the samples. Holds the header that it is
 * reading and nothing else; all chunks but `ds64`, `fmt ` and `data` are passed over unread. Where the header claims fewer
 * samples than come, what comes behind them and is no chunk is samples too: headers are written before recordings end.
 */
export class WavChunkWalk {
  private readonly header = new Uint8Array(maxFormatBytes);
  private readonly view = new DataView(this.header.buffer);
  private held = 0;
  private part: Part = 'riff';
  /** Of the current part: bytes to hold, or to pass ('skip', 'data'). */
  private wanted = 12;
  private skipAfter = 0;
  private position = 0;
  private chunks = 0;
  private large = false;
  private largeDataBytes: number | undefined;

  /** Known once `fmt ` has been read. */
  format: WavFormat | undefined;
  /** Where the samples begin, in bytes; undefined before they do. */
  dataStart: number | undefined;
  /** Bytes of samples as the header claims; Infinity where it does not say. */
  dataBytes = 0;

  /**
   * @param onSamples called with the bytes that are samples, in order; valid until it returns
   * @returns how many bytes it took: all of them, or those up to where the samples begin
   * @throws SpeechError AUDIO_CORRUPT, AUDIO_UNSUPPORTED_FORMAT, AUDIO_INVALID_RATE, AUDIO_INVALID_CHANNELS
   */
  push(bytes: Uint8Array, onSamples: OnSamples = () => undefined): number {
    const inHeader = this.dataStart === undefined;
    let from = 0;
    while (from < bytes.length) {
      const count = Math.min(this.wanted - this.held, bytes.length - from);
      const piece = bytes.subarray(from, from + count);
      const part = this.part;
      from += count;
      this.position += count;
      if (part === 'data' || part === 'skip') {
        if (part === 'data') onSamples(piece);
        this.wanted -= count;
        if (this.wanted === 0) this.beginChunk();
        continue;
      }
      this.header.set(piece, this.held);
      this.held += count;
      if (this.held === this.wanted) this.read(part, onSamples);
      if (inHeader && this.dataStart !== undefined) break;
    }
    return from;
  }

  private begin(part: Part, wanted: number): void {
    this.part = part;
    this.wanted = wanted;
    this.held = 0;
  }

  /** Passes over bytes, of which there may be none. */
  private skip(bytes: number): void {
    if (bytes > 0) this.begin('skip', bytes);
    else this.beginChunk();
  }

  private beginChunk(): void {
    if (this.dataStart === undefined) this.begin('chunk', 8);
    // Behind an odd number of bytes there may be one that makes it even.
    else this.begin('behind', 8 + (this.dataBytes & 1));
  }

  private name(at: number): string {
    return String.fromCharCode(...this.header.subarray(at, at + 4));
  }

  private read(part: Exclude<Part, 'skip' | 'data'>, onSamples: OnSamples): void {
    switch (part) {
      case 'riff':
        return this.readRiff();
      case 'chunk':
        return this.readChunkHeader();
      case 'ds64':
        return this.readLargeSizes();
      case 'fmt':
        this.format = parseWavFormat(this.header.subarray(0, this.held));
        return this.skip(this.skipAfter);
      case 'behind':
        return this.readBehind(onSamples);
    }
  }

  private readBehind(onSamples: OnSamples): void {
    const isChunk = (at: number): boolean => this.name(at) === 'data' || chunksBehind.has(this.name(at));
    const at = isChunk(this.held - 8) ? this.held - 8 : 0;
    if (!isChunk(at)) {
      const { held } = this;
      this.begin('data', Infinity);
      return onSamples(this.header.subarray(0, held));
    }
    const size = this.view.getUint32(at + 4, true);
    if (this.name(at) === 'data') return this.begin('data', samplesIn(size));
    const taken = this.held - at - 8;
    this.skip(Math.max(0, size + (size & 1) - taken));
  }

  private readRiff(): void {
    const kind = this.name(0);
    if (!['RIFF', 'RF64', 'BW64'].includes(kind) || this.name(8) !== 'WAVE')
      throw corrupt('This is no WAV header.');
    this.large = kind !== 'RIFF';
    this.begin('chunk', 8);
  }

  private readChunkHeader(): void {
    this.chunks += 1;
    if (this.chunks > maxChunks)
      throw corrupt(`The WAV file has more than ${maxChunks} chunks before its samples.`);
    const name = this.name(0);
    const size = this.view.getUint32(4, true);
    const padded = size + (size & 1);
    if (name === 'data') return this.beginData(size);
    if (name === 'ds64' && this.large && this.largeDataBytes === undefined) {
      if (size < 24) throw corrupt('The ds64 chunk of the WAV file is too short.');
      this.skipAfter = padded - 24;
      return this.begin('ds64', 24);
    }
    if (name === 'fmt ' && this.format === undefined) {
      if (size < 16) throw corrupt(`The WAV header's format has ${size} bytes; it must have at least 16.`);
      const held = Math.min(size, maxFormatBytes);
      this.skipAfter = padded - held;
      return this.begin('fmt', held);
    }
    this.skip(padded);
  }

  private readLargeSizes(): void {
    const size = this.view.getBigUint64(8, true);
    this.largeDataBytes = size > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(size);
    this.skip(this.skipAfter);
  }

  private beginData(size: number): void {
    if (this.format === undefined) throw corrupt('The WAV file has samples before it says what they are.');
    if (this.large && this.largeDataBytes === undefined) throw corrupt('The RF64 file has no ds64 chunk.');
    const claimed = this.large && size === unknownSize ? this.largeDataBytes! : size;
    this.dataBytes = samplesIn(claimed);
    this.dataStart = this.position;
    this.begin('data', this.dataBytes);
  }
}

/** Bytes of samples by their claimed size. Recorders that were cut off leave 0, streams 0xFFFFFFFF: they go on. */
function samplesIn(claimed: number): number {
  return claimed === 0 || claimed === unknownSize ? Infinity : claimed;
}
