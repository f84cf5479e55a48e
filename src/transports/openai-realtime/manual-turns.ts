import type { SpeechError } from '../../common/errors/speech-error.js';
import type { RecognitionEvent } from '../../recognition/live/recognition-stream.js';
import type { ConversationItem } from './conversation.js';
import { minCommitMs } from './input-buffer.js';
import { commitEmptyError, serverEvent } from './realtime.presenter.js';
import type { Turns, TurnsParts } from './turns.js';

interface Turn {
  readonly item: ConversationItem;
  closedBy: 'commit' | 'clear' | undefined;
  seconds: number;
}

/**
 * Without turn detection: an item is the audio between two commits, however many segments that is. It is committed at
 * once and completed when all of it is decoded.
 */
export class ManualTurns implements Turns {
  /** In the order of their audio. Events of the stream belong to the first, new audio to the last. */
  private readonly turns: Turn[] = [];

  constructor(private readonly parts: TurnsParts) {}

  apply(event: RecognitionEvent): void {
    switch (event.type) {
      case 'segment-partial':
        this.first.item.applyPartial(event.segment);
        return;
      case 'segment-final':
        this.first.item.applyFinal(event.segment);
        return;
      case 'segment-failed':
        this.first.item.fail(event.error);
        return;
      case 'finalized':
      case 'cleared':
        this.close();
        return;
      case 'speech-start':
      case 'speech-end':
      case 'utterance-end':
    }
  }

  beforeAudio(): void {
    // Only the client ends turns.
  }

  commit(eventId: string | null): void {
    const { buffer, conversation, stream } = this.parts;
    const { bufferedMs } = buffer;
    if (bufferedMs < minCommitMs) {
      conversation.send(commitEmptyError(bufferedMs, eventId));
      return;
    }
    const turn = this.open;
    turn.closedBy = 'commit';
    turn.seconds = bufferedMs / 1_000;
    buffer.cut();
    conversation.commit(turn.item);
    stream.finalize();
  }

  clear(): void {
    this.open.closedBy = 'clear';
    this.parts.buffer.cut();
    this.parts.stream.clear();
  }

  end(): void {
    while (this.turns.length > 0) this.close();
  }

  fail(error: SpeechError): void {
    for (const { closedBy, item } of this.turns) if (closedBy === 'commit') item.fail(error);
    this.end();
  }

  private get first(): Turn {
    return this.turns[0] ?? this.open;
  }

  /** The turn that audio is appended to. */
  private get open(): Turn {
    const last = this.turns.at(-1);
    if (last !== undefined && last.closedBy === undefined) return last;
    const item = this.parts.conversation.newItem(this.parts.language);
    const turn: Turn = { item, closedBy: undefined, seconds: 0 };
    this.turns.push(turn);
    return turn;
  }

  /** All audio of the first turn is decoded. */
  private close(): void {
    const { buffer, conversation } = this.parts;
    const turn = this.turns.shift();
    if (turn === undefined) return;
    const { closedBy, item, seconds } = turn;
    if (closedBy === 'clear') {
      conversation.send(serverEvent('input_audio_buffer.cleared', {}));
    } else if (closedBy === 'commit') {
      item.complete(seconds);
    } else if (item.hasTranscript) {
      // The stream ends before the client commits: the transcript so far would be lost.
      const bufferedSeconds = buffer.bufferedMs / 1_000;
      buffer.cut();
      conversation.commit(item);
      item.complete(bufferedSeconds);
    }
  }
}
