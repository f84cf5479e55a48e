import { goodPauseWindows } from './cutting.js';

export interface SegmenterOptions {
  /** Probability from which a window counts as speech. */
  readonly threshold: number;
  /** From this length on a span is cut at the next good pause, in windows. */
  readonly targetWindows: number;
  /** The longest span, whatever is said, in windows. */
  readonly maxWindows: number;
  /** A pause of as many windows always ends a segment. */
  readonly splitPauseWindows: number;
  /** A breath between phrases, at which speech beyond its target length is cut; cutting.ts's without it. */
  readonly goodPauseWindows?: number;
  /** Fewer windows of speech than this are a click, not a word. */
  readonly minSpeechWindows: number;
}

/** A stretch of windows with speech in it, [start, end). */
export interface SpeechSpan {
  readonly start: number;
  readonly end: number;
  /** Where the audio of this span may begin and end: up to the middle of the pauses around it. */
  readonly audioStart: number;
  readonly audioEnd: number;
  /** The highest probability of speech of its windows. */
  readonly peakProbability: number;
  /** A pause that was waited for, a cut within speech that had become too long, or the end of the input. */
  readonly endedBy: 'pause' | 'split' | 'flush';
}

/** Speech that has no end yet. */
export interface OpenSpan {
  readonly start: number;
  /** One past the last window of speech. */
  readonly end: number;
  readonly audioStart: number;
  /** So far. */
  readonly speechWindows: number;
}

interface Pause {
  readonly start: number;
  readonly end: number;
}

/** Speech goes on down to this far below the threshold: the hysteresis of Silero's own iterator. */
const hysteresis = 0.15;

/**
 * Cuts an input into spans of speech that are not longer than the model decodes well: at long pauses; where somebody
 * speaks on, at a good pause once the span has its target length; and at its greatest length at its best pause, or at its
 * quietest window.
 * Pure: probabilities in, spans out.
 */
export class SpeechSegmenter {
  private window = 0;
  private speaking = false;
  /** First and last window of speech of the open span. */
  private first = -1;
  private last = -1;
  private speechWindows = 0;
  private pauses: Pause[] = [];
  /** Probabilities of the open span, from `first` on. */
  private probabilities: number[] = [];
  private audioStart = 0;

  private readonly goodPauseWindows: number;

  constructor(private readonly options: SegmenterOptions) {
    this.goodPauseWindows = options.goodPauseWindows ?? goodPauseWindows;
  }

  /** Windows so far: the number of the next one. */
  get windows(): number {
    return this.window;
  }

  get isOpen(): boolean {
    return this.first >= 0;
  }

  get open(): OpenSpan | undefined {
    if (this.first < 0) return undefined;
    const { first, last, audioStart, speechWindows } = this;
    return { start: first, end: last + 1, audioStart, speechWindows };
  }

  /** The highest probability of speech of the open span, so far; 0 without one. */
  get peakProbability(): number {
    return this.probabilities.reduce((peak, probability) => Math.max(peak, probability), 0);
  }

  /** Samples of windows before this one are not needed any more. @param padding windows of audio kept before speech */
  oldestNeeded(padding: number): number {
    const start = this.first >= 0 ? this.first : this.window;
    return Math.max(this.audioStart, start - padding);
  }

  /** @returns the span that ends with this window */
  addWindow(probability: number): SpeechSpan | undefined {
    const { threshold, targetWindows, maxWindows, splitPauseWindows } = this.options;
    const at = this.window++;
    this.speaking = probability >= (this.speaking ? threshold - hysteresis : threshold);
    if (this.speaking) this.extendSpan(at);
    if (this.first < 0) return undefined;
    this.probabilities.push(probability);
    if (at - this.last >= splitPauseWindows) return this.closeSpan(this.last + 1, at + 1, 'pause');
    const length = this.last - this.first + 1;
    if (length < targetWindows) return undefined;
    if (at - this.last >= this.goodPauseWindows) return this.closeSpan(this.last + 1, at + 1, 'pause');
    const pause = this.bestPause();
    if (pause !== undefined && pause.end - pause.start >= this.goodPauseWindows) return this.splitSpan(pause);
    return length >= maxWindows ? this.splitSpan(pause ?? this.quietest()) : undefined;
  }

  /** @returns what was open, as if a pause followed; undefined without it, or where it was too short to be speech */
  endOpenSpan(): SpeechSpan | undefined {
    return this.first < 0 ? undefined : this.closeSpan(this.last + 1, this.window, 'flush');
  }

  /** Forgets the open span. The next audio is not joined to the audio before it. */
  restart(): void {
    this.forgetSpan();
    this.speaking = false;
    this.audioStart = this.window;
  }

  private extendSpan(at: number): void {
    if (this.first < 0) this.first = at;
    else if (at > this.last + 1) this.pauses.push({ start: this.last + 1, end: at });
    this.last = at;
    this.speechWindows++;
  }

  /** Ends the open span; audio up to `audioEnd` belongs to it, the rest to the next one. */
  private closeSpan(end: number, audioEnd: number, endedBy: SpeechSpan['endedBy']): SpeechSpan | undefined {
    const { first: start, audioStart, peakProbability } = this;
    const span = { start, end, audioStart, audioEnd, peakProbability, endedBy };
    const enough = this.speechWindows >= this.options.minSpeechWindows;
    this.audioStart = Math.floor((end + audioEnd) / 2);
    this.forgetSpan();
    return enough ? span : undefined;
  }

  private forgetSpan(): void {
    this.first = -1;
    this.last = -1;
    this.speechWindows = 0;
    this.pauses = [];
    this.probabilities = [];
  }

  /** Cuts the open span, which has become too long; the windows after the cut stay open. */
  private splitSpan(pause: Pause): SpeechSpan {
    const { first, last, probabilities } = this;
    const middle = Math.max(pause.start, Math.floor((pause.start + pause.end) / 2));
    const peakProbability = Math.max(...probabilities.slice(0, pause.start - first));
    const span = {
      start: first,
      end: pause.start,
      audioStart: this.audioStart,
      audioEnd: middle,
      peakProbability,
      endedBy: 'split' as const,
    };
    this.audioStart = middle;
    this.probabilities = probabilities.slice(pause.end - first);
    this.pauses = this.pauses.filter(({ start }) => start >= pause.end);
    this.first = pause.end;
    this.last = last;
    this.speechWindows = last - pause.end + 1;
    return span;
  }

  /** The longest pause; later ones count more, since a cut near the beginning gains nothing. */
  private bestPause(): Pause | undefined {
    let best: Pause | undefined;
    let bestScore = 0;
    for (const pause of this.pauses) {
      const place = (pause.start - this.first) / this.options.targetWindows;
      if (place < 0.25) continue;
      const score = Math.min(pause.end - pause.start, 16) * (0.5 + place);
      if (score >= bestScore) {
        best = pause;
        bestScore = score;
      }
    }
    return best;
  }

  private quietest(): Pause {
    const from = Math.floor(this.options.targetWindows / 2);
    let at = from;
    for (let index = from; index < this.probabilities.length - 1; index++) {
      if (this.probabilities[index]! <= this.probabilities[at]!) at = index;
    }
    return { start: this.first + at, end: this.first + at + 1 };
  }
}
