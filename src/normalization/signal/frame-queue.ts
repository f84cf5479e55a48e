import { stateOf } from '../../common/object-state.js';
import type { ObjectState } from '../../common/object-state.js';
import { modelSampleRateHz } from '../normalization.types.js';
import { frameColumn, frameSamples, rowLength } from './signal-frames.js';
import { UtteranceSignal } from './utterance-signal.js';
import type { SignalFeatures } from './utterance-signal.js';

/** Probability from which a window counts as speech here, whatever a client or an operator sets: profiles stay comparable. */
const speechFrom = 0.5;

/**
 * Joins what is measured before gain to what the voice activity model says later: rows of frames wait here for their windows.
 * One for each input.
 */
export class FrameQueue {
  private readonly signal = new UtteranceSignal();
  /** Rows, of which those from `first` to `end` are not in the signal yet; shape (rows, rowLength). */
  private rows = new Float32Array(128 * rowLength);
  /** Whether each row has speech, as far as they have an answer; shape (rows). */
  private speech = new Uint8Array(128);
  private first = 0;
  private answered = 0;
  private end = 0;
  /** The input's sample with which the first row without an answer begins. */
  private nextSample = 0;
  private isOpen: boolean;

  /**
   * @param longestLeadSeconds of audio before an utterance that belongs to it. `Infinity`: the whole input is one utterance
   */
  constructor(private readonly longestLeadSeconds: number) {
    this.isOpen = longestLeadSeconds === Infinity;
  }

  /** The state for a checkpoint, with no more rows than wait. */
  state(): ObjectState {
    const { first, answered, end } = this;
    return {
      ...stateOf(this),
      rows: this.rows.slice(first * rowLength, end * rowLength),
      speech: this.speech.slice(first, end),
      first: 0,
      answered: answered - first,
      end: end - first,
    };
  }

  /** @param rows see SignalFrames; the array may be reused */
  append(rows: Float32Array): void {
    const added = rows.length / rowLength;
    if (this.end + added > this.speech.length) this.makeRoom(added);
    this.rows.set(rows, this.end * rowLength);
    this.end += added;
  }

  /**
   * To be called for each window, in order.
   * @param windowEnd the input's sample at which the window ends, also in silence that was put after the input
   * @param probability of speech
   */
  answerWindow(windowEnd: number, probability: number): void {
    while (this.answered < this.end && this.nextSample + frameSamples / 2 < windowEnd) {
      this.speech[this.answered] = probability >= speechFrom ? 1 : 0;
      this.nextSample += this.rows[this.answered * rowLength + frameColumn.samples]!;
      this.answered++;
    }
    if (this.isOpen) this.addAnswered();
    else this.forgetLead();
  }

  /** An utterance has begun: frames from now on belong to it, and those just before. */
  begin(): void {
    this.isOpen = true;
    this.addAnswered();
  }

  /** The utterance has ended. @returns its features */
  endUtterance(): SignalFeatures {
    const { features } = this.signal;
    this.forget();
    return features;
  }

  /** The frames so far belong to no utterance to come. */
  forget(): void {
    this.signal.reset();
    this.first = this.answered;
    this.isOpen = this.longestLeadSeconds === Infinity;
  }

  private addAnswered(): void {
    for (; this.first < this.answered; this.first++) {
      this.signal.addFrame(this.rows, this.first, this.speech[this.first] === 1);
    }
  }

  private forgetLead(): void {
    const longest = Math.ceil((this.longestLeadSeconds * modelSampleRateHz) / frameSamples);
    this.first = Math.max(this.first, this.answered - longest);
  }

  /** Moves the rows to the front, or to arrays twice as long. */
  private makeRoom(added: number): void {
    const { first, end } = this;
    const needed = end - first + added;
    const isSmall = 2 * needed > this.speech.length;
    const length = isSmall ? 2 * needed : this.speech.length;
    const rows = isSmall ? new Float32Array(length * rowLength) : this.rows;
    const speech = isSmall ? new Uint8Array(length) : this.speech;
    rows.set(this.rows.subarray(first * rowLength, end * rowLength));
    speech.set(this.speech.subarray(first, end));
    this.rows = rows;
    this.speech = speech;
    this.first = 0;
    this.answered -= first;
    this.end -= first;
  }
}
