import { SpeechError } from '../../common/errors/speech-error.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
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

// docs/decisions/2026-11-24-how-a-live-stream-is-cut.md has the sweep of both.
/** So much before a segment is heard again at most. */
const longestContextWindows = windowsIn(8_000);
/** No more is heard at once with it: a long segment does well by itself, and what it waits for is a longer encoding. */
const wantedTogetherWindows = windowsIn(15_000);
/** Behind such a pause something new is said, maybe by somebody else. */
const partedByWindows = windowsIn(800);

/**
 * The newest segments that have ended. What goes on after a short pause, or after a cut, is heard together with them: the
 * model knows how the sentence began, and what was told of that stays as it is.
 */
export class PrecedingSpeech {
  private segments: HeardSegment[] = [];
  private readonly longestTogetherWindows: number;

  /** @param longestWindows that the model takes at once */
  constructor(longestWindows = Infinity) {
    this.longestTogetherWindows = Math.min(wantedTogetherWindows, longestWindows);
  }

  /** @param start the window with which a segment begins @param end with which it ends, so far */
  before(start: number, end: number): Context | undefined {
    const context: HeardSegment[] = [];
    let next = start;
    for (const segment of this.segments.toReversed()) {
      if (next - segment.end >= partedByWindows) break;
      if (start - segment.audioStart > longestContextWindows) break;
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
    this.segments = this.segments.filter((one) => end - one.audioStart <= longestContextWindows);
  }

  /** Nobody has begun to speak up to this window: what is too far away is not kept. */
  silentUntil(window: number): void {
    const last = this.segments.at(-1);
    if (last !== undefined && window - last.end >= partedByWindows) this.segments = [];
  }

  forget(): void {
    this.segments = [];
  }

  /** Audio from this window on may be asked for again. */
  get oldestNeeded(): number {
    return this.segments[0]?.audioStart ?? Infinity;
  }
}
