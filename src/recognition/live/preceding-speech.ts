import { SpeechError } from '../../common/errors/speech-error.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import type { ContextLimits } from '../../speech-model/capabilities.js';
import { windowsIn } from '../hearing/cutting.js';

/** A segment that has ended. */
interface HeardSegment {
  /** Its speech, [start, end) in windows. */
  readonly start: number;
  readonly end: number;
  /** Where the audio begins that was heard of it, in windows. */
  readonly audioStart: number;
  /** What it was heard as; undefined while it is under way, and where that has failed. */
  tokens?: readonly number[];
  /** Settled when that is known. */
  readonly known: Promise<void>;
}

/** Speech just before a segment, that it is heard together with. */
export interface Context {
  /** In windows. */
  readonly audioStart: number;
  /** Settled when `prefix` is known. */
  readonly known: Promise<unknown>;
  /** What was heard in it; undefined where that is not known. */
  readonly prefix: readonly number[] | undefined;
}

/**
 * The newest segments that have ended. What goes on after a short pause, or after a cut, is heard together with them: the
 * model knows how the sentence began, and what was told of that stays as it is.
 */
export class PrecedingSpeech {
  private segments: HeardSegment[] = [];
  private readonly longestContextWindows: number;
  private readonly longestTogetherWindows: number;
  private readonly partedByWindows: number;

  /**
   * @param limits of the model; undefined: no segment gets a context
   * @param longestWindows that the model takes at once
   */
  constructor(limits: ContextLimits | undefined, longestWindows = Infinity) {
    const { contextMs = 0, togetherMs = 0, partedByMs = 0 } = limits ?? {};
    this.longestContextWindows = windowsIn(contextMs);
    this.longestTogetherWindows = Math.min(windowsIn(togetherMs), longestWindows);
    this.partedByWindows = windowsIn(partedByMs);
  }

  /** @param start the window with which a segment begins @param end with which it ends, so far */
  before(start: number, end: number): Context | undefined {
    const context: HeardSegment[] = [];
    let next = start;
    for (const segment of this.segments.toReversed()) {
      if (next - segment.end >= this.partedByWindows) break;
      if (start - segment.audioStart > this.longestContextWindows) break;
      if (end - segment.audioStart > this.longestTogetherWindows) break;
      context.unshift(segment);
      next = segment.start;
    }
    const [first] = context;
    if (first === undefined) return undefined;
    return {
      audioStart: first.audioStart,
      known: Promise.all(context.map(({ known }) => known)),
      get prefix(): readonly number[] | undefined {
        if (context.some(({ tokens }) => tokens === undefined)) return undefined;
        return context.flatMap(({ tokens = [] }) => tokens);
      },
    };
  }

  /** A segment has ended. */
  add(
    span: Pick<HeardSegment, 'start' | 'end' | 'audioStart'>,
    outcome: Promise<Hypothesis | SpeechError>,
  ): void {
    const { start, end, audioStart } = span;
    const segment: HeardSegment = {
      start,
      end,
      audioStart,
      known: outcome.then((result) => {
        if (!(result instanceof SpeechError)) segment.tokens = result.tokens;
      }),
    };
    this.segments.push(segment);
    this.segments = this.segments.filter((one) => end - one.audioStart <= this.longestContextWindows);
  }

  /** Nobody has begun to speak up to this window: what is too far away is not kept. */
  silentUntil(window: number): void {
    const last = this.segments.at(-1);
    if (last !== undefined && window - last.end >= this.partedByWindows) this.segments = [];
  }

  forget(): void {
    this.segments = [];
  }

  /** Audio from this window on may be asked for again. */
  get oldestNeeded(): number {
    return this.segments[0]?.audioStart ?? Infinity;
  }
}
