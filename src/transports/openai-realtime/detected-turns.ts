import type { SpeechError } from '../../common/errors/speech-error.js';
import { endsUtterance } from '../../recognition/live/recognition-stream.js';
import type { EndpointReason, RecognitionEvent } from '../../recognition/live/recognition-stream.js';
import type { ConversationItem } from './conversation.js';
import { minCommitMs } from './input-buffer.js';
import { commitEmptyError, serverEvent } from './realtime.presenter.js';
import { prefixPaddingMs } from './turn-detection.js';
import type { TurnDetection } from './turn-detection.js';
import type { Turns, TurnsParts } from './turns.js';

/** Times in ms from the first sample of the session. */
interface Turn {
  readonly item: ConversationItem;
  readonly startMs: number;
  /** Set when its item is committed. */
  endMs: number | undefined;
}

interface Commit {
  readonly eventId: string | null;
  readonly atMs: number;
}

/** With turn detection: an item is an utterance. A client may commit too, which ends the utterance at the newest audio. */
export class DetectedTurns implements Turns {
  private turn: Turn | undefined;
  private readonly commits: Commit[] = [];
  /** The client's pending commit has ended an item. */
  private committedOne = false;
  private silentSinceMs: number;

  constructor(
    private readonly parts: TurnsParts,
    private readonly detection: TurnDetection,
  ) {
    this.silentSinceMs = parts.offsetMs;
  }

  apply(event: RecognitionEvent): void {
    switch (event.type) {
      case 'speech-start':
        this.begin(event.startMs);
        return;
      case 'segment-partial':
        this.turnAt(event.segment.startMs).item.applyPartial(event.segment);
        return;
      case 'speech-end':
        this.stop(event.endMs, event.reason);
        if (event.segmentId === undefined) this.complete();
        return;
      case 'segment-final':
        this.turnAt(event.segment.startMs).item.applyFinal(event.segment);
        this.afterSegment(event.segment.endMs, event.reason);
        return;
      case 'segment-failed':
        this.turnAt(event.startMs).item.fail(event.error);
        this.afterSegment(event.endMs, event.reason);
        return;
      case 'finalized':
        this.answerCommit();
        return;
      case 'cleared':
        this.turn = undefined;
        this.parts.buffer.cut(this.sessionMs(event.atMs));
        this.parts.conversation.send(serverEvent('input_audio_buffer.cleared', {}));
        return;
      case 'utterance-end':
    }
  }

  beforeAudio(): void {
    const { buffer, conversation, language, stream } = this.parts;
    const timeoutMs = this.detection.type === 'server_vad' ? this.detection.idle_timeout_ms : null;
    const silentMs = buffer.appendedMs - this.silentSinceMs;
    // With a lag, the newest audio is not recognized yet: somebody may be speaking in it.
    if (timeoutMs === null || silentMs < timeoutMs || this.turn !== undefined || stream.lagMs > 0) return;
    const item = conversation.newItem(language);
    conversation.send(
      serverEvent('input_audio_buffer.timeout_triggered', {
        item_id: item.id,
        audio_start_ms: Math.round(this.silentSinceMs),
        audio_end_ms: Math.round(buffer.appendedMs),
      }),
    );
    this.silentSinceMs = buffer.appendedMs;
    this.commitSilence(item, buffer.appendedMs);
  }

  commit(eventId: string | null): void {
    const { buffer, conversation, stream } = this.parts;
    if (buffer.bufferedMs < minCommitMs) {
      conversation.send(commitEmptyError(buffer.bufferedMs, eventId));
      return;
    }
    this.commits.push({ eventId, atMs: buffer.appendedMs });
    stream.finalize();
  }

  clear(): void {
    this.parts.stream.clear();
  }

  end(): void {
    if (this.turn?.endMs === undefined) this.stopAt(this.parts.buffer.appendedMs);
    this.complete();
  }

  fail(error: SpeechError): void {
    this.turn?.item.fail(error);
    this.end();
  }

  private sessionMs(streamMs: number): number {
    return this.parts.offsetMs + streamMs;
  }

  private turnAt(streamMs: number): Turn {
    return this.turn ?? this.begin(streamMs);
  }

  private begin(streamMs: number): Turn {
    const { buffer, conversation, language, offsetMs } = this.parts;
    const padded = this.sessionMs(streamMs) - prefixPaddingMs(this.detection);
    // The padding does not reach into the item before.
    const startMs = Math.max(padded, offsetMs, Math.min(buffer.startMs, this.sessionMs(streamMs)));
    const turn: Turn = { item: conversation.newItem(language), startMs, endMs: undefined };
    this.turn = turn;
    conversation.send(
      serverEvent('input_audio_buffer.speech_started', {
        item_id: turn.item.id,
        audio_start_ms: Math.round(startMs),
      }),
    );
    return turn;
  }

  private afterSegment(streamMs: number, reason: EndpointReason): void {
    if (!endsUtterance(reason)) return;
    this.stop(streamMs, reason);
    this.complete();
  }

  private stop(streamMs: number, reason: EndpointReason): void {
    if (!endsUtterance(reason) || this.turn?.endMs !== undefined) return;
    this.turnAt(streamMs);
    this.stopAt(this.sessionMs(streamMs));
    if (reason === 'finalized') this.committedOne = true;
  }

  private stopAt(endMs: number): void {
    const { turn } = this;
    if (turn === undefined) return;
    const { buffer, conversation } = this.parts;
    turn.endMs = endMs;
    this.silentSinceMs = endMs;
    buffer.cut(endMs);
    conversation.send(
      serverEvent('input_audio_buffer.speech_stopped', {
        item_id: turn.item.id,
        audio_end_ms: Math.round(endMs),
      }),
    );
    conversation.commit(turn.item);
  }

  /** Completes the item of an utterance that has ended and is decoded. */
  private complete(): void {
    const { turn } = this;
    if (turn?.endMs === undefined) return;
    this.turn = undefined;
    turn.item.complete((turn.endMs - turn.startMs) / 1_000);
  }

  /** The item of a commit is the utterance that it ended; where nobody spoke, the silence. */
  private answerCommit(): void {
    const commit = this.commits.shift();
    const answered = this.committedOne;
    this.committedOne = false;
    if (commit === undefined) return;
    const { buffer, conversation, language } = this.parts;
    if (answered) {
      buffer.cut(commit.atMs);
      return;
    }
    const silentMs = commit.atMs - buffer.startMs;
    if (silentMs < minCommitMs) {
      const error = commitEmptyError(Math.max(0, silentMs), commit.eventId);
      conversation.send(error);
      return;
    }
    this.commitSilence(conversation.newItem(language), commit.atMs);
  }

  private commitSilence(item: ConversationItem, endMs: number): void {
    const { buffer, conversation } = this.parts;
    const seconds = (endMs - buffer.startMs) / 1_000;
    buffer.cut(endMs);
    conversation.commit(item);
    item.complete(seconds);
  }
}
