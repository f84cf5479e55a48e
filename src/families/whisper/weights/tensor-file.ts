import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { SpeechError } from '../../../common/errors/speech-error.js';

/** The largest tensor of Whisper large has 66 million numbers. */
const maxNumbers = 2 ** 27;

/** CTranslate2 and safetensors of Whisper have at most three dimensions. */
export const maxRank = 8;

/** A file of weights, which is read in pieces of known length. */
export class TensorFile {
  private constructor(
    readonly path: string,
    readonly sizeBytes: number,
    private readonly handle: FileHandle,
  ) {}

  /** @throws SpeechError MODEL_INTEGRITY when it is not a file that can be read */
  static async open(path: string): Promise<TensorFile> {
    try {
      // A pipe would block open().
      if (!(await stat(path)).isFile()) throw new Error('it is not a file');
      const handle = await open(path, 'r');
      return new TensorFile(path, (await handle.stat()).size, handle);
    } catch (cause) {
      const fault = `The weights file ${path} cannot be read: ${(cause as Error).message}.`;
      throw new SpeechError('MODEL_INTEGRITY', fault, { cause });
    }
  }

  /**
   * Reads exactly this many bytes.
   *
   * @param content names the bytes in an error: "the length of its header"
   * @throws SpeechError MODEL_INTEGRITY when the file ends before
   */
  async readBytes(position: number, length: number, content: string, tensor?: string): Promise<Buffer> {
    if (position + length > this.sizeBytes) throw this.truncated(content, tensor);
    const bytes = await this.readUpTo(position, length, tensor);
    if (bytes.length < length) throw this.truncated(content, tensor);
    return bytes;
  }

  /** Reads this many bytes, or those up to the end of the file. @throws SpeechError MODEL_INTEGRITY when the disk fails */
  async readUpTo(position: number, length: number, tensor?: string): Promise<Buffer> {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, this.sizeBytes - position)));
    let filled = 0;
    try {
      while (filled < bytes.length) {
        const { bytesRead } = await this.handle.read(bytes, filled, bytes.length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    } catch (cause) {
      throw this.refuse(`cannot be read: ${(cause as Error).message}`, tensor);
    }
    return bytes.subarray(0, filled);
  }

  /**
   * Returns the count of numbers of a shape.
   *
   * @throws SpeechError MODEL_INTEGRITY when a dimension is not a positive whole number, or the tensor is too large
   */
  countNumbers(shape: readonly number[], tensor: string): number {
    if (shape.length > maxRank) {
      throw this.refuse(
        `has ${String(shape.length)} dimensions; at most ${String(maxRank)} are read`,
        tensor,
      );
    }
    let count = 1;
    for (const dimension of shape) {
      if (!Number.isSafeInteger(dimension) || dimension < 1) {
        throw this.refuse(`has the dimension ${String(dimension)}`, tensor);
      }
      count *= dimension;
      // Checked at every step, so the product never leaves the whole numbers that a double holds.
      if (count > maxNumbers) throw this.refuse(`has more than ${String(maxNumbers)} numbers`, tensor);
    }
    return count;
  }

  /** Returns an error that names the file and the tensor. `fault` continues a sentence: "is cut short". */
  refuse(fault: string, tensor?: string): SpeechError {
    return weightsFault(this.path, fault, tensor);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private truncated(content: string, tensor?: string): SpeechError {
    return this.refuse(`is cut short: the file ends inside ${content}`, tensor);
  }
}

/** Returns an error about weights at a path. Names in damaged files can be anything, so they are quoted and shortened. */
export function weightsFault(path: string, fault: string, tensor?: string): SpeechError {
  const subject = tensor === undefined ? '' : `: the tensor ${quoteName(tensor)}`;
  return new SpeechError('MODEL_INTEGRITY', `The weights file ${path}${subject} ${fault}.`);
}

/** Quotes a name from a file, at most 100 characters of it. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
