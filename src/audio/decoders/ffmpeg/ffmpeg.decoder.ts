import { SpeechError } from '../../../common/errors/speech-error.js';
import type { ProgramDecoder, ProgramOutput } from '../../audio-decoder.js';
import type { AudioFormat, PcmChunk } from '../../audio.types.js';
import { readAuHeader } from '../containers/au-header.js';
import { ContainerDecoder } from '../containers/container.decoder.js';
import { MoovFirst } from '../mp4/moov-first.js';
import type { FfmpegProgram } from './ffmpeg-command.js';
import { FfmpegPlaces } from './ffmpeg-places.js';
import { FfmpegProcess } from './ffmpeg-process.js';
import { ffmpegVerdict } from './ffmpeg-verdict.js';

/** The order in which ffmpeg gets the bytes, which it cannot seek in. */
interface Feed {
  readonly nextOffset: number | undefined;
  push(bytes: Uint8Array): Iterable<Uint8Array>;
  /** @throws SpeechError AUDIO_CORRUPT */
  flush(): void;
}

export interface FfmpegInput {
  /** The format, for messages. */
  readonly name: string;
  readonly demuxer: string;
}

/** Others go on when ffmpeg takes longer than this. */
const waitMs = 20;
/** 10 s without a byte in or out. */
const waitsAtMost = 500;
const writeBytes = 65_536;

const sharedPlaces = new FfmpegPlaces();

/** Decodes with ffmpeg. It never waits for long: it reports that it waits, so that other recordings are read meanwhile. */
export class FfmpegDecoder implements ProgramDecoder {
  private readonly feed: Feed;
  private readonly output = new ContainerDecoder('other', 'AU', readAuHeader());
  private process: FfmpegProcess | undefined;
  private hasSamples = false;
  private waits = 0;
  private isDisposed = false;

  constructor(
    private readonly program: FfmpegProgram,
    private readonly input: FfmpegInput,
    private readonly places = sharedPlaces,
    private readonly longestWaits = waitsAtMost,
  ) {
    this.feed = input.demuxer === 'mov' ? new MoovFirst() : inOrder;
  }

  get format(): AudioFormat | undefined {
    const { format } = this.output;
    return format && { ...format, encoding: 'other' };
  }

  get nextOffset(): number | undefined {
    return this.feed.nextOffset;
  }

  durationOf(): undefined {
    return undefined;
  }

  async *push(bytes: Uint8Array): AsyncGenerator<ProgramOutput, void, undefined> {
    for (const part of this.feed.push(bytes)) {
      for (let from = 0; from < part.length; from += writeBytes) {
        yield* this.write(part.subarray(from, from + writeBytes));
      }
    }
  }

  async *flush(): AsyncGenerator<ProgramOutput, void, undefined> {
    this.feed.flush();
    const process = yield* this.running();
    process.endInput();
    yield* this.readWhile(process, () => !process.isOver);
    const last = this.take(this.output.format && this.output.flush());
    if (last !== undefined) yield last;
    const fault = ffmpegVerdict(process.exit, process.complaint, this.hasSamples, this.input.name);
    this.end();
    if (fault !== undefined) throw fault;
  }

  dispose(): void {
    this.isDisposed = true;
    this.end();
  }

  private async *write(bytes: Uint8Array): AsyncGenerator<ProgramOutput, void, undefined> {
    const process = yield* this.running();
    // What it has not read when it ends does not count: how it ended does, after the last bytes.
    if (process.exit !== undefined) return;
    process.write(bytes);
    yield* this.readWhile(process, () => process.isWriting);
  }

  private *running(): Generator<'waiting', FfmpegProcess, undefined> {
    while (this.process === undefined) {
      if (this.places.tryTake()) this.process = this.start();
      else yield 'waiting';
    }
    return this.process;
  }

  /** In a place that is taken. @throws SpeechError NO_CAPACITY */
  private start(): FfmpegProcess {
    try {
      return new FfmpegProcess(this.program, this.input.demuxer);
    } catch (error) {
      this.places.giveBack();
      throw error;
    }
  }

  private async *readWhile(
    process: FfmpegProcess,
    isBusy: () => boolean,
  ): AsyncGenerator<ProgramOutput, void, undefined> {
    while (isBusy()) {
      const bytes = process.read();
      if (bytes !== undefined) {
        this.waits = 0;
        const chunk = this.take(this.output.push(bytes));
        if (chunk !== undefined) yield chunk;
      } else if (await process.waitForChange(waitMs)) {
        continue;
      } else if (isBusy()) {
        this.countWait();
        yield 'waiting';
      }
      if (this.isDisposed) return;
    }
    this.waits = 0;
  }

  private take(chunk: PcmChunk | undefined): PcmChunk | undefined {
    if (chunk !== undefined && chunk.samples.length > 0) this.hasSamples = true;
    return chunk;
  }

  private countWait(): void {
    this.waits++;
    if (this.waits < this.longestWaits) return;
    this.end();
    throw new SpeechError('AUDIO_CORRUPT', `The ${this.input.name} file keeps ffmpeg busy without end.`);
  }

  /** Ends the process, whatever it does. */
  private end(): void {
    if (this.process === undefined) return;
    this.process.kill();
    this.process = undefined;
    this.places.giveBack();
  }
}

const inOrder: Feed = {
  nextOffset: undefined,
  push: (bytes) => [bytes],
  flush: () => undefined,
};
