import type { DeclaredFormat } from './audio.types.js';
import { detectContainer, headBytes } from './container-detection.js';
import { isRawEncoding } from './decoders/pcm.codec.js';
import { openHeaderOf } from './input-formats.js';

/** The samples of an input, which are independent of each other. */
interface SampleRun {
  /** The bytes up to the first sample. */
  readonly head: Uint8Array;
  /** Byte offset after the last one that the header claims. */
  readonly end: number;
}

/** The bytes with which a new decoder gets to where another one is. Everything that it decodes of them is discarded. */
export interface ResumePoint extends SampleRun {
  /** Number of zeros that stand for samples: a decoder only counts them. */
  readonly zeros: number;
  /** The last bytes. */
  readonly recent: Uint8Array;
}

/** Far more than a frame of samples, or a header of which a decoder waits for the rest. */
const recentBytes = 4_096;
/** Each WAV header has it: files that are joined to one another have several. */
const fileMark = Buffer.from('WAVE');

/**
 * Finds where another decoder can go on with an input without the bytes before: in samples that are independent of each other,
 * before their claimed end, and as long as no further header has come.
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
    this.run = { head: after.head, end: after.end };
    this.recent = after.recent;
    this.pushedBytes = after.head.length + after.zeros + after.recent.length;
  }

  /** To be called for all bytes, in order. The header has to be in the first ones. */
  push(bytes: Uint8Array): void {
    if (this.pushedBytes === 0) this.run = sampleRun(bytes, this.declared);
    this.pushedBytes += bytes.length;
    if (this.run === undefined) return;
    const all = Buffer.concat([this.recent, bytes]);
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
    return zeros < recentBytes ? undefined : { ...run, zeros, recent };
  }
}

function sampleRun(first: Uint8Array, declared: DeclaredFormat | undefined): SampleRun | undefined {
  const container = detectContainer(first.subarray(0, headBytes), declared !== undefined);
  if (container === undefined) {
    const isRaw = declared !== undefined && isRawEncoding(declared.encoding);
    return isRaw ? { head: first.slice(0, 0), end: Infinity } : undefined;
  }
  const header = openHeaderOf(container);
  try {
    header?.push(first);
  } catch {
    // The decoder refuses it.
    return undefined;
  }
  if (header?.format === undefined || header.dataStart === undefined) return undefined;
  if (!isRawEncoding(header.format.encoding)) return undefined;
  const { dataStart, dataBytes } = header;
  return { head: first.slice(0, dataStart), end: dataStart + dataBytes };
}
