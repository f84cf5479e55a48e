import type { SpeechError } from '../../common/errors/speech-error.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import type { Segment } from '../../recognition/recognition.types.js';
import { separatorBetween } from '../../common/words.js';
import { languagesField, tokenLogProbs } from '../../transcripts/formatters/json.formatter.js';
import { Stabilizer } from '../../transcripts/stabilizer.js';
import { TranscriptBuilder } from '../../transcripts/transcript-builder.js';
import { warningsField } from '../shared/warnings.js';
import { newId, presentError, presentItem, serverEvent } from './realtime.presenter.js';
import type { ServerEvent } from './server-events.js';

/** The items of a session, each following the one committed before it. */
export class Conversation {
  private previousItemId: string | null = null;
  /** Whether transcripts come with the log-probabilities of their tokens. */
  withLogProbs = false;
  /** Likely mistakes of the client; found only after some audio. */
  warnings: readonly Warning[] = [];

  /** @param beta items are announced by one event instead of two */
  constructor(
    readonly send: (event: ServerEvent) => void,
    private readonly beta: boolean,
  ) {}

  /** @param language as a BCP 47 tag, where the model names none */
  newItem(language: string): ConversationItem {
    return new ConversationItem(this, language);
  }

  /** To be called once for each item that becomes part of the conversation. */
  commit(item: ConversationItem): void {
    const before = { previous_item_id: this.previousItemId };
    this.previousItemId = item.id;
    this.send(serverEvent('input_audio_buffer.committed', { item_id: item.id, ...before }));
    const announced = { ...before, item: presentItem(item.id) };
    if (this.beta) {
      this.send(serverEvent('conversation.item.created', announced));
      return;
    }
    this.send(serverEvent('conversation.item.added', announced));
    this.send(serverEvent('conversation.item.done', announced));
  }
}

/** The speech between two endpoints or commits: several segments, one transcript. */
export class ConversationItem {
  readonly id = newId('item');
  private readonly transcript: TranscriptBuilder;
  private stabilizer = new Stabilizer();
  private deltas = 0;
  /** The newest delta. */
  private newest = '';
  /** A delta of the open segment was sent. */
  private segmentBegun = false;
  private failure: SpeechError | undefined;

  constructor(
    private readonly conversation: Conversation,
    language: string,
  ) {
    this.transcript = new TranscriptBuilder(language);
  }

  /** Whether a transcript, or its failure, has to be sent. */
  get hasTranscript(): boolean {
    return this.deltas > 0 || this.failure !== undefined || this.transcript.build(0).text !== '';
  }

  /** Sends the words of an open segment that will not change. */
  applyPartial(segment: Segment): void {
    this.append(this.stabilizer.push(segment.hypothesis.text));
  }

  /** Sends the rest of a segment. */
  applyFinal(segment: Segment): void {
    this.append(this.stabilizer.finish(segment.hypothesis.text));
    this.forgetSegment();
    this.transcript.add(segment);
  }

  /** Without the text of one segment the transcript would be wrong, and nobody would notice. */
  fail(error: SpeechError): void {
    this.failure ??= error;
    this.forgetSegment();
  }

  /** The last event of an item; to be called once, after it was committed. @param seconds of its audio */
  complete(seconds: number): void {
    const of = { item_id: this.id, content_index: 0 } as const;
    if (this.failure !== undefined) {
      const failed = { ...of, error: presentError(this.failure) };
      this.conversation.send(serverEvent('conversation.item.input_audio_transcription.failed', failed));
      return;
    }
    const { text, segments } = this.transcript.build(seconds);
    this.conversation.send(
      serverEvent('conversation.item.input_audio_transcription.completed', {
        ...of,
        transcript: text,
        usage: { type: 'duration', seconds: Math.round(Math.max(0, seconds) * 1_000) / 1_000 },
        ...(this.conversation.withLogProbs ? { logprobs: segments.flatMap(tokenLogProbs) } : {}),
        ...languagesField(segments),
        ...warningsField(this.conversation.warnings),
      }),
    );
  }

  private forgetSegment(): void {
    this.stabilizer = new Stabilizer();
    this.segmentBegun = false;
  }

  private append(text: string): void {
    if (text === '') return;
    const delta = this.segmentBegun ? text : separatorBetween(this.newest, text) + text;
    this.newest = delta;
    this.segmentBegun = true;
    this.deltas++;
    this.conversation.send(
      serverEvent('conversation.item.input_audio_transcription.delta', {
        item_id: this.id,
        content_index: 0,
        delta,
      }),
    );
  }
}
