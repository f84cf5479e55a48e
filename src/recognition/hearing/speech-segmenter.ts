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
  /** Of its windows, the highest probability of speech. */
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

/** Speech goes on below the threshold by this much: the hysteresis of Silero's own iterator. */
const hysteresis = 0.15;

/**
 * Cuts a recording into spans of speech that are not longer than the model hears well: at long pauses; where somebody
 * speaks on, at a good pause once the span has its target length; and at its greatest length at the best pause there
 * was, or at the quietest window.
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

  /** How many windows were pushed: the number of the next one. */
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

  /** Of the open span, so far; 0 without one. */
  get peakProbability(): number {
    return this.probabilities.reduce((peak, probability) => Math.max(peak, probability), 0);
  }

  /** Samples of windows before this one are not needed any more. @param padding windows of audio kept before speech */
  oldestNeeded(padding: number): number {
    const start = this.first >= 0 ? this.first : this.window;
    return Math.max(this.audioStart, start - padding);
  }

  push(probability: number): SpeechSpan | undefined {
    const { threshold, targetWindows, maxWindows, splitPauseWindows } = this.options;
    const at = this.window++;
    this.speaking = probability >= (this.speaking ? threshold - hysteresis : threshold);
    if (this.speaking) this.hear(at);
    if (this.first < 0) return undefined;
    this.probabilities.push(probability);
    if (at - this.last >= splitPauseWindows) return this.close(this.last + 1, at + 1, 'pause');
    const length = this.last - this.first + 1;
    if (length < targetWindows) return undefined;
    if (at - this.last >= this.goodPauseWindows) return this.close(this.last + 1, at + 1, 'pause');
    const pause = this.bestPause();
    if (pause !== undefined && pause.end - pause.start >= this.goodPauseWindows) return this.split(pause);
    return length >= maxWindows ? this.split(pause ?? this.quietest()) : undefined;
  }

  flush(): SpeechSpan | undefined {
    return this.first < 0 ? undefined : this.close(this.last + 1, this.window, 'flush');
  }

  /** Forgets the open span. What comes next is not joined to the audio before it. */
  restart(): void {
    this.forget();
    this.speaking = false;
    this.audioStart = this.window;
  }

  private hear(at: number): void {
    if (this.first < 0) this.first = at;
    else if (at > this.last + 1) this.pauses.push({ start: this.last + 1, end: at });
    this.last = at;
    this.speechWindows++;
  }

  /** Ends the open span; audio up to `audioEnd` belongs to it, the rest to the next one. */
  private close(end: number, audioEnd: number, endedBy: SpeechSpan['endedBy']): SpeechSpan | undefined {
    const { first: start, audioStart, peakProbability } = this;
    const span = { start, end, audioStart, audioEnd, peakProbability, endedBy };
    const enough = this.speechWindows >= this.options.minSpeechWindows;
    this.audioStart = Math.floor((end + audioEnd) / 2);
    this.forget();
    return enough ? span : undefined;
  }

  private forget(): void {
    this.first = -1;
    this.last = -1;
    this.speechWindows = 0;
    this.pauses = [];
    this.probabilities = [];
  }

  /** Cuts the open span, which has become too long; what comes after the cut stays open. */
  private split(pause: Pause): SpeechSpan {
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

  /** The longest pause, but a cut near the beginning gains nothing: the later, the better. */
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
