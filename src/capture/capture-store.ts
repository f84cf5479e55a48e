import type { Captured, CapturedRow } from './captured-utterance.js';

/** Where captured audio is kept. Calls come one at a time. */
export interface CaptureStore {
  /** For operators: a folder, or a bucket. */
  readonly name: string;
  /** Mends what a process left that was killed. @throws Error when it cannot be used now */
  open(): Promise<void>;
  /** Keeps both or neither. @throws Error when it cannot */
  add(captured: Captured): Promise<void>;
  /** Gives rows their right text. @returns how many rows have it now */
  correct(which: (row: CapturedRow) => boolean, text: string): Promise<number>;
  /** Deletes audio and rows. @returns how many were there */
  delete(which: (row: CapturedRow) => boolean): Promise<number>;
  /** Deletes what is too old; called every some minutes. @param now Unix time, ms */
  tend(now: number): Promise<void>;
  /** Bytes of audio. */
  readonly bytes: number;
}
