import { endsUtterance } from '../../recognition/live/recognition-stream.js';
import type { EndpointReason, RecognitionEvent } from '../../recognition/live/recognition-stream.js';
import type { Segment } from '../../recognition/recognition.types.js';
import { emptyHypothesis } from '../../speech-model/hypothesis.js';
import { conventionalSegment } from '../../transcripts/convention/conventional-transcript.js';
import type { TranscriptSegment } from '../../transcripts/transcript.js';
import { transcriptSegment } from '../../transcripts/transcript-builder.js';
import { errorAnswer } from '../shared/error-answer.js';
import {
  presentError,
  presentResults,
  presentSpeechStarted,
  presentUtteranceEnd,
} from './listen-live.presenter.js';
import type { ChannelIndex, ListenServerMessage, LiveRequest } from './listen-live.presenter.js';

/** Turns the events of one channel into Deepgram's messages. */
export class ListenChannel {
  /** BCP 47 tags of the texts so far. */
  readonly languages = new Set<string>();
  /** The interim result that no final has replaced yet. */
  private interim = '';
  /** Whether finals were sent that no `speech_final` has ended. */
  private utteranceOpen = false;
  /** Whether a final has said `from_finalize` already since the last `finalized`. */
  private finalizeAnswered = false;

  constructor(
    private readonly request: LiveRequest,
    private readonly index: ChannelIndex,
    private readonly vadEvents: boolean,
  ) {}

  /** In the order in which they are to be sent. */
  messages(event: RecognitionEvent): readonly ListenServerMessage[] {
    switch (event.type) {
      case 'speech-start':
        return this.vadEvents ? [presentSpeechStarted(this.index, event.startMs)] : [];
      case 'segment-partial':
        return this.presentPartial(event.segment);
      case 'segment-final':
        return this.presentFinal(event.segment, event.reason);
      case 'segment-failed':
        return [
          presentError(errorAnswer(event.error, this.request.requestId)),
          ...this.presentFinal(silence(event.startMs, event.endMs), event.reason),
        ];
      case 'utterance-end':
        return [presentUtteranceEnd(this.index, event.lastWordEndMs)];
      case 'finalized':
        return this.answerFinalize(event.atMs);
      case 'speech-end':
        return event.segmentId === undefined
          ? this.presentFinal(silence(event.endMs, event.endMs), event.reason)
          : [];
      case 'cleared':
        return [];
    }
  }

  /** The segment as the client wants texts to be written. */
  private written(segment: Segment): TranscriptSegment {
    const { convention, language } = this.request;
    const made = conventionalSegment(transcriptSegment(segment), convention, language);
    if (made.text !== '') this.languages.add(made.language ?? language);
    return made;
  }

  private presentPartial(segment: Segment): readonly ListenServerMessage[] {
    const made = this.written(segment);
    if (made.text === this.interim) return [];
    this.interim = made.text;
    return [presentResults(this.request, this.index, made, { isFinal: false })];
  }

  /**
   * A final without text is sent only where it withdraws an interim result, or ends an utterance whose beginning was
   * sent.
   */
  private presentFinal(segment: Segment, reason: EndpointReason): readonly ListenServerMessage[] {
    const made = this.written(segment);
    const speechFinal = endsUtterance(reason);
    const tells = made.text !== '' || this.interim !== '' || (speechFinal && this.utteranceOpen);
    this.interim = '';
    if (!tells) return [];
    const fromFinalize = reason === 'finalized';
    if (fromFinalize) this.finalizeAnswered = true;
    this.utteranceOpen = !speechFinal;
    return [presentResults(this.request, this.index, made, { isFinal: true, speechFinal, fromFinalize })];
  }

  /** A client that sends Finalize waits for an answer, also where there was nothing left to decode. */
  private answerFinalize(atMs: number): readonly ListenServerMessage[] {
    const answered = this.finalizeAnswered;
    this.finalizeAnswered = false;
    if (answered) return [];
    const nothing = transcriptSegment(silence(atMs, atMs));
    return [presentResults(this.request, this.index, nothing, { isFinal: true, fromFinalize: true })];
  }
}

function silence(startMs: number, endMs: number): Segment {
  return { id: 0, startMs, endMs, hypothesis: emptyHypothesis };
}
