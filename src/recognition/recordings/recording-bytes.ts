/** Six seconds of the most common recordings: a message costs little by comparison, and others do not wait long. */
export const pieceBytes = 192 * 1_024;

/** Bytes at the beginning that are kept to the end: a likely mistake of the client is found in them. */
export const beginningBytes = 6 * pieceBytes;

export interface RecordingPart {
  /** Valid until the part is released. */
  readonly bytes: Uint8Array;
  /** Nothing follows. */
  readonly last: boolean;
}

/** The bytes of a recording, which may still be on their way. */
export interface RecordingBytes {
  /** Bytes that it has at least; the exact number if it is known. */
  readonly leastBytes: number;
  /** Whether bytes that are not needed any more can be given back. */
  readonly isReleasable: boolean;
  /**
   * Waits until the part that begins at `offset` has arrived, and until it is known whether it is the last one. A part ends
   * at a multiple of `pieceBytes`, and the last one where the recording ends; that one may be empty.
   * @throws what the arrival failed with; the reason of the signal
   */
  read(offset: number, signal: AbortSignal): Promise<RecordingPart>;
  /**
   * Gives the bytes before this offset back, in whole parts, besides the beginning of the recording. They may be still to come.
   * @param keptBytes memory that is kept in their place, instead of that of the call before
   * @returns false if there is no memory for it: the parts stay
   */
  release(before: number, keptBytes: number): boolean;
  /** Waits until all bytes have arrived, as fast as they come. @throws as `read` */
  complete(signal: AbortSignal): Promise<void>;
  /** The first bytes so far, `beginningBytes` at most. */
  beginning(): Uint8Array;
}

/** Where the part that begins at an offset ends, unless the recording ends before. */
export function partEnd(offset: number): number {
  return (Math.floor(offset / pieceBytes) + 1) * pieceBytes;
}

/** A recording whose bytes are all there, and stay. */
export function wholeRecording(bytes: Uint8Array): RecordingBytes {
  return {
    leastBytes: bytes.length,
    isReleasable: false,
    read: (offset) => {
      const end = Math.min(bytes.length, partEnd(offset));
      return Promise.resolve({ bytes: bytes.subarray(offset, end), last: end === bytes.length });
    },
    release: () => false,
    complete: () => Promise.resolve(),
    beginning: () => bytes.subarray(0, beginningBytes),
  };
}
