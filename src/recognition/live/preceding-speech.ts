import { SpeechError } from '../../common/errors/speech-error.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import type { ContextLimits } from '../../speech-model/capabilities.js';
import { windowsIn } from '../hearing/cutting.js';

/** A segment that has ended. */
interface EndedSegment {
  /** Its speech, [start, end) in windows. */
  readonly start: number;
  readonly end: number;
  /** The window with which its audio begins. */
  readonly audioStart: number;
  /** The tokens of its final; undefined while that is under way, and where it has failed. */
  tokens?: readonly number[];
  /** Settled when the tokens are known, or its final has failed. */
  readonly known: Promise<void>;
}

/** Speech just before a segment that is decoded together with it. */
export interface Context {
  /** In windows. */
  readonly audioStart: number;
  /** Settled when `prefix` is known. */
  readonly known: Promise<unknown>;
  /** The tokens of its finals; undefined where one of them is not known. */
  readonly prefix: readonly number[] | undefined;
}

/**
 * The newest segments that have ended: the context of what goes on after a short pause or a cut. The model knows how the
 * sentence began, and the text of that stays as it is.
 */
export class PrecedingSpeech {
  private segments: EndedSegment[] = [];
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

  /** @param start the window with which a segment begins @param end the window with which it ends, so far */
  contextOf(start: number, end: number): Context | undefined {
    const context: EndedSegment[] = [];
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
  addSegment(
    span: Pick<EndedSegment, 'start' | 'end' | 'audioStart'>,
    outcome: Promise<Hypothesis | SpeechError>,
  ): void {
    const { start, end, audioStart } = span;
    const segment: EndedSegment = {
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

  /** Nobody has begun to speak up to this window: speech that is too far away is forgotten. */
  passSilence(window: number): void {
    const last = this.segments.at(-1);
    if (last !== undefined && window - last.end >= this.partedByWindows) this.segments = [];
  }

  forgetAll(): void {
    this.segments = [];
  }

  /** Audio from this window on may be asked for again. */
  get oldestNeeded(): number {
    return this.segments[0]?.audioStart ?? Infinity;
  }
}
