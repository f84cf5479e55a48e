import { SpeechError } from '../../common/errors/speech-error.js';
import type { InputPiece, ProcessAnswer } from './reading-messages.js';

/** One input that a process reads, with the state between its pieces. */
interface OpenInput<Result> {
  /** @throws SpeechError if the audio is at fault */
  readPiece(bytes: Uint8Array, last: boolean, wantsCheckpoint: boolean): Promise<Result>;
  dispose(): void;
}

export interface OpenInputsOptions<Begin, Result> {
  /** @throws SpeechError if the audio is at fault */
  open(begin: Begin): OpenInput<Result> | Promise<OpenInput<Result>>;
  /** Whether nothing follows a result. @param last its piece was the last one */
  isDone(result: Result, last: boolean): boolean;
}

/** The open inputs of a process, which reads their pieces in the order in which they come. */
export class OpenInputs<Begin, Result> {
  private readonly inputs = new Map<number, OpenInput<Result>>();

  constructor(private readonly options: OpenInputsOptions<Begin, Result>) {}

  /** @throws Error if the audio is not at fault */
  async readPiece(next: InputPiece<Begin>): Promise<ProcessAnswer<Result>> {
    const { recording, begin, bytes, last, wantsCheckpoint = false } = next;
    try {
      if (begin !== undefined) this.inputs.set(recording, await this.options.open(begin));
      const input = this.inputs.get(recording);
      if (input === undefined) throw new Error('The recording is not open in this process.');
      const piece = await input.readPiece(bytes, last, wantsCheckpoint);
      if (this.options.isDone(piece, last)) this.forget(recording);
      return { type: 'read', piece };
    } catch (error) {
      this.forget(recording);
      if (!(error instanceof SpeechError)) throw error;
      return { type: 'refused', code: error.code, message: error.message };
    }
  }

  forget(recording: number): void {
    this.inputs.get(recording)?.dispose();
    this.inputs.delete(recording);
  }
}
