import type { SpeechError } from '../../src/common/errors/speech-error.js';
import type { RecognitionEvent, RecognitionStream } from '../../src/recognition/live/recognition-stream.js';

/** A stream whose events a test says. It takes audio, and is full, busy or quiet as the test sets it. */
export class ScriptedStream implements RecognitionStream {
  readonly peakProbability = 0;
  lagMs = 0;
  receivedSeconds = 0;
  isFull = false;
  isQuiet = false;
  /** The calls that end or cut the input, in order. */
  readonly calls: ('finalize' | 'clear' | 'inputFinished')[] = [];
  private readonly events: RecognitionEvent[] = [];
  private readonly wakeUps: (() => void)[] = [];
  private hasEnded = false;
  private failure: SpeechError | undefined;

  get isFinished(): boolean {
    return this.calls.includes('inputFinished');
  }

  acceptWaveform(samples: Float32Array): boolean {
    this.receivedSeconds += samples.length / 16_000;
    return !this.isFull;
  }
  async drained(): Promise<void> {
    while (this.isFull) await this.change();
  }
  finalize(): void {
    this.calls.push('finalize');
  }
  clear(): void {
    this.calls.push('clear');
  }
  inputFinished(): void {
    this.calls.push('inputFinished');
  }
  async quiet(): Promise<void> {
    while (!this.isQuiet) await this.change();
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<RecognitionEvent> {
    for (;;) {
      const event = this.events.shift();
      if (event !== undefined) yield event;
      else if (this.failure !== undefined) throw this.failure;
      else if (this.hasEnded) return;
      else await this.change();
    }
  }

  drain(): void {
    this.isFull = false;
    this.wake();
  }
  becomeQuiet(): void {
    this.isQuiet = true;
    this.wake();
  }
  say(...events: readonly RecognitionEvent[]): void {
    this.events.push(...events);
    this.wake();
  }
  end(): void {
    this.hasEnded = true;
    this.wake();
  }
  fail(error: SpeechError): void {
    this.failure = error;
    this.wake();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.wakeUps.push(resolve));
  }
  private wake(): void {
    for (const resolve of this.wakeUps.splice(0)) resolve();
  }
}
