import type { DeclaredFormat } from './audio.types.js';
import { detectContainer, headBytes } from './container-detection.js';
import { createDeclaredFormat } from './decoders/sample-format.js';
import { openHeaderOf } from './input-formats.js';

/** The samples of an input. */
interface SampleRun {
  /** The bytes up to the first sample. */
  readonly head: Uint8Array;
  /** Byte offset after the last one that the header claims. */
  readonly end: number;
  /** Bytes of a block of the codec. */
  readonly blockBytes: number;
}

/** The bytes with which a new decoder gets to where another one is. Everything that it decodes of them is discarded. */
export interface ResumePoint extends SampleRun {
  /** Number of zeros that stand for samples: a decoder only counts them. */
  readonly zeros: number;
  /** The last bytes. */
  readonly recent: Uint8Array;
}

/** Far more than a frame of samples, or a header of which a decoder waits for the rest. Blocks may be longer. */
const recentBytesAtLeast = 4_096;
/** Each WAV header has it: files that are joined to one another have several. */
const fileMark = Buffer.from('WAVE');

/**
 * Finds where another decoder can go on with an input of samples without the bytes before: before their claimed end, and as long
 * as no further header has come. A codec whose blocks depend on those before needs its state besides.
 */
export class ResumePoints {
  private run: SampleRun | undefined;
  private recent: Uint8Array = new Uint8Array(0);
  private pushedBytes = 0;

  /** @param after goes on there, with the input of other points */
  constructor(
    private readonly declared: DeclaredFormat | undefined,
    after?: ResumePoint,
  ) {
    if (after === undefined) return;
    const { head, end, blockBytes } = after;
    this.run = { head, end, blockBytes };
    this.recent = after.recent;
    this.pushedBytes = after.head.length + after.zeros + after.recent.length;
  }

  /** To be called for all bytes, in order. The header has to be in the first ones. */
  push(bytes: Uint8Array): void {
    if (this.pushedBytes === 0) this.run = sampleRun(bytes, this.declared);
    this.pushedBytes += bytes.length;
    if (this.run === undefined) return;
    const all = Buffer.concat([this.recent, bytes]);
    // With the beginning of the last block, if it is not complete.
    const recentBytes = Math.max(recentBytesAtLeast, this.run.blockBytes);
    const isFirst = this.recent.length === 0;
    const from = isFirst ? this.run.head.length : this.recent.length - fileMark.length + 1;
    if (this.pushedBytes > this.run.end || all.indexOf(fileMark, from) >= 0) this.run = undefined;
    this.recent = new Uint8Array(all.subarray(-recentBytes));
  }

  /** @returns undefined if the input cannot be resumed here */
  get current(): ResumePoint | undefined {
    const { run, recent } = this;
    if (run === undefined) return undefined;
    const zeros = this.pushedBytes - run.head.length - recent.length;
    return zeros < recentBytesAtLeast ? undefined : { ...run, zeros, recent };
  }
}

function sampleRun(first: Uint8Array, declared: DeclaredFormat | undefined): SampleRun | undefined {
  const container = detectContainer(first.subarray(0, headBytes), declared !== undefined);
  if (container === undefined) {
    if (declared === undefined) return undefined;
    const { blockBytes } = createDeclaredFormat(declared).codec;
    return { head: first.slice(0, 0), end: Infinity, blockBytes };
  }
  const header = openHeaderOf(container);
  try {
    header?.push(first);
  } catch {
    // The decoder refuses it.
    return undefined;
  }
  if (header?.format === undefined || header.dataStart === undefined) return undefined;
  const { dataStart, dataBytes, format } = header;
  return { head: first.slice(0, dataStart), end: dataStart + dataBytes, blockBytes: format.codec.blockBytes };
}
