import { SpeechError } from '../../../common/errors/speech-error.js';
import type { ContainerHeader } from '../container-header.js';
import type { SampleFormat } from '../sample-format.js';
import { maxFormatBytes, parseWavFormat } from './wav-format.js';

/** More than any real file has. A file that consists of chunk headers must not keep the service busy. */
const maxChunks = 256;
/** Means "see ds64" in RF64, and "not known when written" in streams. */
const unknownSize = 0xffff_ffff;

/** Chunks that occur after the samples. Bytes that begin with any other name are more samples. */
const trailingChunks: ReadonlySet<string> = new Set([
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

type Part = 'riff' | 'chunk' | 'ds64' | 'fmt' | 'skip' | 'data' | 'trailer';

function corrupt(message: string): SpeechError {
  return new SpeechError('AUDIO_CORRUPT', message);
}

type OnSamples = (bytes: Uint8Array) => void;

/**
 * Walks the chunks of a RIFF, RIFX, RF64 or BW64 file as its bytes arrive, and finds the samples. It buffers only the header
 * that it is reading, and skips all chunks but `ds64`, `fmt ` and `data`. Bytes after the claimed number of samples are
 * samples too unless they are a chunk: headers are written before recordings end.
 */
export class WavChunkWalk implements ContainerHeader {
  private readonly header = new Uint8Array(maxFormatBytes);
  private readonly view = new DataView(this.header.buffer);
  private held = 0;
  private part: Part = 'riff';
  /** Bytes of the current part: to buffer, or still to pass for 'skip' and 'data'. */
  private wanted = 12;
  private skipAfter = 0;
  private position = 0;
  private chunks = 0;
  private littleEndian = true;
  private large = false;
  private largeDataBytes: number | undefined;

  /** Undefined until `fmt ` has been read. */
  format: SampleFormat | undefined;
  /** Byte offset of the samples; undefined until they begin. */
  dataStart: number | undefined;
  /** Bytes of samples that the header claims; Infinity if it does not state a size. */
  dataBytes = 0;

  /**
   * @param onSamples receives the bytes of samples in order; they are valid until it returns
   * @returns how many bytes it consumed: all, or those before the first sample
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

  /** @param bytes may be 0 */
  private skip(bytes: number): void {
    if (bytes > 0) this.begin('skip', bytes);
    else this.beginChunk();
  }

  private beginChunk(): void {
    if (this.dataStart === undefined) this.begin('chunk', 8);
    // A padding byte may follow an odd number of bytes.
    else this.begin('trailer', 8 + (this.dataBytes & 1));
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
        this.format = parseWavFormat(new DataView(this.header.buffer, 0, this.held), this.littleEndian);
        return this.skip(this.skipAfter);
      case 'trailer':
        return this.readTrailer(onSamples);
    }
  }

  private readTrailer(onSamples: OnSamples): void {
    const isChunk = (at: number): boolean => this.name(at) === 'data' || trailingChunks.has(this.name(at));
    const at = isChunk(this.held - 8) ? this.held - 8 : 0;
    if (!isChunk(at)) {
      const { held } = this;
      this.begin('data', Infinity);
      return onSamples(this.header.subarray(0, held));
    }
    const size = this.view.getUint32(at + 4, this.littleEndian);
    if (this.name(at) === 'data') return this.begin('data', sampleBytesOf(size));
    const taken = this.held - at - 8;
    this.skip(Math.max(0, size + (size & 1) - taken));
  }

  private readRiff(): void {
    const kind = this.name(0);
    if (!['RIFF', 'RIFX', 'RF64', 'BW64'].includes(kind) || this.name(8) !== 'WAVE')
      throw corrupt('This is not a WAV header.');
    this.littleEndian = kind !== 'RIFX';
    this.large = kind === 'RF64' || kind === 'BW64';
    this.begin('chunk', 8);
  }

  private readChunkHeader(): void {
    this.chunks++;
    if (this.chunks > maxChunks)
      throw corrupt(`The WAV file has more than ${maxChunks} chunks before its samples.`);
    const name = this.name(0);
    const size = this.view.getUint32(4, this.littleEndian);
    const padded = size + (size & 1);
    if (name === 'data') return this.beginData(size);
    if (name === 'ds64' && this.large && this.largeDataBytes === undefined) {
      if (size < 24) throw corrupt('The ds64 chunk of the WAV file is too short.');
      this.skipAfter = padded - 24;
      return this.begin('ds64', 24);
    }
    if (name === 'fmt ' && this.format === undefined) {
      if (size < 16)
        throw corrupt(`The fmt chunk of the WAV file has ${size} bytes. It must have at least 16.`);
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
    if (this.format === undefined) throw corrupt('The WAV file has samples before its fmt chunk.');
    if (this.large && this.largeDataBytes === undefined) throw corrupt('The RF64 file has no ds64 chunk.');
    const claimed = this.large && size === unknownSize ? this.largeDataBytes! : size;
    this.dataBytes = sampleBytesOf(claimed);
    this.dataStart = this.position;
    this.begin('data', this.dataBytes);
  }
}

/** Interrupted recorders leave a size of 0, streams 0xFFFFFFFF: both have samples until their end. */
function sampleBytesOf(claimed: number): number {
  return claimed === 0 || claimed === unknownSize ? Infinity : claimed;
}
