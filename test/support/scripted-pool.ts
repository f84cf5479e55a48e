import type { DecodePiece, InferenceRequest } from '../../src/inference/inference-messages.js';
import type { DecodingPool } from '../../src/inference/scheduling/scheduler.js';
import type { StopReason } from '../../src/speech-model/hypothesis.js';

interface Run {
  readonly name: string;
  readonly end: (failure?: Error) => void;
}

/**
 * Workers that finish when they are told to. The first sample of a piece is its name's number, and the token that it is
 * decoded as; a run of several pieces is called `one + other`.
 */
export class ScriptedPool implements DecodingPool {
  onIdle: () => void = () => undefined;
  readonly started: string[] = [];
  /** All pieces of all runs. */
  readonly pieces: DecodePiece[] = [];
  /** The signal of each run. */
  readonly signals: AbortSignal[] = [];
  /** Names on which the decoder finds no end the next time: one entry for one run. */
  readonly endless: string[] = [];
  private readonly runs: Run[] = [];

  constructor(
    readonly size: number,
    private readonly names: readonly string[],
  ) {}

  get idleCount(): number {
    return this.size - this.runs.length;
  }

  /** Names of the runs that have not been finished. */
  get running(): readonly string[] {
    return this.runs.map(({ name }) => name);
  }

  async run(body: InferenceRequest, signal: AbortSignal): ReturnType<DecodingPool['run']> {
    if (body.type !== 'decode' || this.idleCount === 0) throw new Error('no such run');
    const texts = body.pieces.map(({ samples }) => this.names[samples[0] ?? -1] ?? 'nameless');
    const name = texts.join(' + ');
    this.started.push(name);
    this.signals.push(signal);
    this.pieces.push(...body.pieces);
    try {
      await new Promise<void>((resolve, reject) => {
        const end = (failure?: Error): void => (failure === undefined ? resolve() : reject(failure));
        this.runs.push({ name, end });
      });
      const at = this.endless.indexOf(name);
      if (at >= 0) this.endless.splice(at, 1);
      const stopReason: StopReason = at < 0 ? 'end-of-text' : 'repetition';
      const pieces = body.pieces.map(({ samples }, index) => ({
        text: texts[index] ?? '',
        tokens: [samples[0] ?? -1],
        tokenBytes: [new TextEncoder().encode(texts[at] ?? '')],
        tokenLogProbs: [0],
        stopReason,
      }));
      return { answer: { type: 'decoded', pieces }, computeMs: 1, retried: false };
    } finally {
      this.runs.splice(
        this.runs.findIndex((run) => run.name === name),
        1,
      );
      // As the real pool does: its worker is idle before the caller has the result.
      this.onIdle();
    }
  }

  /** Finishes the run of that name with no turn of the event loop: timers that are due stay so. */
  async finishAtOnce(name: string): Promise<void> {
    this.runs.find((candidate) => candidate.name === name)?.end();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }

  /** Finishes the run of that name, and lets everything that follows from it happen. */
  async finish(name: string, failure?: Error): Promise<void> {
    const run = this.runs.find((candidate) => candidate.name === name);
    if (run === undefined) throw new Error(`${name} is not running`);
    run.end(failure);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
