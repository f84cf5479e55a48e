import { SpeechError } from '../../common/errors/speech-error.js';
import type { Priority } from '../../inference/scheduling/request-queue.js';
import { isEndless } from '../../speech-model/hypothesis.js';
import type { Hypothesis } from '../../speech-model/hypothesis.js';
import { windowMs } from '../../speech-model/vad-window.js';
import type { OpenSpan, SpeechSpan } from '../hearing/speech-segmenter.js';
import type { SegmentAudio, SegmentDecoder } from '../segment-decoder.js';
import type { LiveDetection } from './live-detection.js';
import type { PartialPace } from './partial-pace.js';
import type { PrecedingSpeech } from './preceding-speech.js';

/** The audio of one live input, as far as decoding goes. */
export type SegmentAudioSource = Pick<
  LiveDetection,
  'open' | 'windowCount' | 'openPeakProbability' | 'audioStartOf' | 'audioEndOf' | 'audioBetween' | 'keepFrom'
>;

export interface TranscriberParts {
  readonly decoder: Pick<SegmentDecoder, 'decode' | 'holdToLanguage'>;
  readonly source: SegmentAudioSource;
  /** The context of segments. */
  readonly preceding: PrecedingSpeech;
  readonly pace: PartialPace;
  /** See UtteranceTracker. */
  readonly generation: () => number;
  /** Aborted when the stream ends early. */
  readonly signal: AbortSignal;
  /** Called whenever a final was decoded, or has failed. */
  readonly onFinal: () => void;
}

export interface DecodeStart {
  /** See DecodePlan. */
  readonly draft: readonly number[];
  /** Called when a worker takes it. */
  readonly onTaken: () => void;
}

/** A decode that can be cancelled by itself, and is cancelled with the stream. */
interface Cancellable {
  readonly signal: AbortSignal;
  readonly cancel: () => void;
  /** To be called when it is answered. */
  readonly release: () => void;
}

interface AheadDecode {
  readonly outcome: Promise<Hypothesis | SpeechError>;
  readonly cancel: () => void;
}

/** Audio of a segment, complete but for the prefix of its context. */
interface PreparedAudio {
  /** Settled when the prefix is known, or cannot be. */
  readonly known: Promise<unknown>;
  readonly take: () => SegmentAudio;
}

const nothingToWaitFor = Promise.resolve();

/**
 * Awaits the decodes of one live input. An answer that belongs to an earlier generation is discarded, and a partial that
 * still waits when its segment is closed or forgotten is cancelled in the queue.
 */
export class SegmentTranscriber {
  /** When the segments ended whose finals are under way, oldest first. */
  private readonly finals = new Set<{ readonly since: number }>();
  private waitingPartial: Cancellable | undefined;
  private ahead: AheadDecode | undefined;
  /** Settled when the newest final is in the language of the input. */
  private held: Promise<unknown> = nothingToWaitFor;

  constructor(private readonly parts: TranscriberParts) {}

  get finalsUnderWay(): number {
    return this.finals.size;
  }

  /** When the oldest segment ended whose final is under way. */
  get oldestFinalSince(): number | undefined {
    for (const { since } of this.finals) return since;
    return undefined;
  }

  /**
   * Decodes the open segment up to the newest sample at the moment at which a worker takes it.
   * @returns undefined where that failed, or the segment has been closed or forgotten since
   */
  async decodePartial({ draft, onTaken }: DecodeStart): Promise<Hypothesis | undefined> {
    const { decoder, source, pace } = this.parts;
    const generation = this.parts.generation();
    const cancellable = this.cancellable();
    this.waitingPartial = cancellable;
    const askedAt = performance.now();
    let taken = false;
    const newest = (): SegmentAudio => {
      taken = true;
      this.waitingPartial = undefined;
      onTaken();
      // It is open: otherwise this would have been cancelled.
      return this.audioOf(source.open!, undefined, source.openPeakProbability, draft).take();
    };
    const decoding = decoder.decode(newest, 'partial', cancellable.signal, (queueMs) => pace.waited(queueMs));
    const outcome = await settled(decoding);
    cancellable.release();
    if (this.waitingPartial === cancellable) this.waitingPartial = undefined;
    if (!taken && cancellable.signal.aborted) pace.cancelledAfter(performance.now() - askedAt);
    return this.current(outcome, generation);
  }

  /**
   * Decodes what will be the final if nobody speaks on.
   * @param endWindow the end of the audio
   * @returns undefined where that failed, was cancelled, or the segment has been closed or forgotten since
   */
  async decodeAhead(open: OpenSpan, endWindow: number, start: DecodeStart): Promise<Hypothesis | undefined> {
    const generation = this.parts.generation();
    const cancellable = this.cancellable();
    const { known, take } = this.audioOf(open, endWindow, this.parts.source.openPeakProbability, start.draft);
    const takeAhead = (): SegmentAudio => {
      start.onTaken();
      return take();
    };
    const outcome = this.decode({ known, take: takeAhead }, 'partial', cancellable.signal);
    this.ahead = { outcome, cancel: cancellable.cancel };
    const result = await outcome;
    cancellable.release();
    return cancellable.signal.aborted ? undefined : this.current(result, generation);
  }

  cancelAhead(): void {
    this.ahead?.cancel();
    this.ahead = undefined;
  }

  /**
   * Decodes a segment that has been closed. The audio is the same whether that began at its end or ahead of it.
   * @param isAhead the decode that was begun ahead is the final
   */
  decodeFinal(
    span: SpeechSpan,
    draft: readonly number[],
    isAhead: boolean,
  ): Promise<Hypothesis | SpeechError> {
    const { source, signal, onFinal } = this.parts;
    const audio = this.audioOf(span, source.audioEndOf(span), span.peakProbability, draft);
    const decode = (): Promise<Hypothesis | SpeechError> => this.decode(audio, 'final', signal);
    const ahead = isAhead ? this.ahead : undefined;
    // A decode ahead that found no end is a partial's: a final is decoded again, in parts.
    const decoded =
      ahead === undefined
        ? decode()
        : ahead.outcome.then((result) =>
            !(result instanceof SpeechError) && isEndless(result) ? decode() : result,
          );
    if (ahead !== undefined) this.ahead = undefined;
    this.forgetSegment();
    const { start, end } = span;
    const outcome = this.holdToLanguage(decoded, (end - start) * windowMs, audio.take);
    this.parts.preceding.addSegment({ start, end, audioStart: source.audioStartOf(span) }, outcome);
    source.keepFrom(this.parts.preceding.oldestNeeded);
    const final = { since: performance.now() };
    this.finals.add(final);
    return outcome.then((result) => {
      this.finals.delete(final);
      onFinal();
      return result;
    });
  }

  /** The open segment was closed or forgotten: what still waits for it is cancelled. */
  forgetSegment(): void {
    this.cancelAhead();
    this.waitingPartial?.cancel();
    this.waitingPartial = undefined;
  }

  /** Nobody has begun to speak up to this window: audio of speech that is too far away is not kept. */
  passSilence(window: number): void {
    this.parts.preceding.passSilence(window);
    this.parts.source.keepFrom(this.parts.preceding.oldestNeeded);
  }

  /** The next audio is not joined to the audio before it. */
  forgetContext(): void {
    this.parts.preceding.forgetAll();
    this.parts.source.keepFrom(Infinity);
  }

  /** One final after the other, in the order of the segments, if the model detects languages. */
  private holdToLanguage(
    decoded: Promise<Hypothesis | SpeechError>,
    speechMs: number,
    take: () => SegmentAudio,
  ): Promise<Hypothesis | SpeechError> {
    const { decoder, signal } = this.parts;
    const before = this.held;
    const outcome = decoded.then(async (result) => {
      if (result instanceof SpeechError || result.detected === undefined) return result;
      await before;
      return settled(decoder.holdToLanguage(result, speechMs, take, 'final', signal));
    });
    this.held = Promise.all([before, outcome]);
    return outcome;
  }

  private current(outcome: Hypothesis | SpeechError, generation: number): Hypothesis | undefined {
    return outcome instanceof SpeechError || this.parts.generation() !== generation ? undefined : outcome;
  }

  /** Decodes it once the prefix of its context is known. */
  private decode(
    audio: PreparedAudio,
    priority: Priority,
    signal: AbortSignal,
  ): Promise<Hypothesis | SpeechError> {
    return settled(audio.known.then(() => this.parts.decoder.decode(audio.take, priority, signal)));
  }

  /**
   * The audio of a segment, and with its context; copied now.
   * @param endWindow without it, up to the newest sample
   */
  private audioOf(
    span: OpenSpan | SpeechSpan,
    endWindow: number | undefined,
    peakProbability: number,
    draft: readonly number[],
  ): PreparedAudio {
    const { source } = this.parts;
    const samples = source.audioBetween(source.audioStartOf(span), endWindow);
    const own = { samples, peakProbability, draft };
    const end = endWindow === undefined ? source.windowCount : span.end;
    const context = this.parts.preceding.contextOf(span.start, end);
    if (context === undefined) return { known: nothingToWaitFor, take: () => own };
    const joined = source.audioBetween(context.audioStart, endWindow);
    const take = (): SegmentAudio => {
      const { prefix } = context;
      return prefix === undefined ? own : { ...own, continues: { samples: joined, prefix } };
    };
    return { known: context.known, take };
  }

  private cancellable(): Cancellable {
    const { signal } = this.parts;
    const controller = new AbortController();
    const onAbort = (): void => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    return {
      signal: controller.signal,
      cancel: () => controller.abort(),
      release: () => signal.removeEventListener('abort', onAbort),
    };
  }
}

/** A failure as a value: one that nobody needs any more is not an unhandled rejection. */
function settled(decoding: Promise<Hypothesis>): Promise<Hypothesis | SpeechError> {
  return decoding.catch((error: unknown) =>
    error instanceof SpeechError
      ? error
      : new SpeechError('INTERNAL', 'Decoding failed unexpectedly.', { cause: error }),
  );
}
