import type { AudioFormat } from '../../audio/audio.types.js';
import type { SpeechError } from '../../common/errors/speech-error.js';
import type { ShutdownState } from '../../common/shutdown-state.js';
import type { RecognitionEvent, RecognitionStream } from '../../recognition/live/recognition-stream.js';
import type { Recognizer } from '../../recognition/recognizer.js';
import { expectedLanguage } from '../../transcripts/transcript-language.js';
import { toSpeechError } from '../shared/error-answer.js';
import type { LiveConnection } from '../shared/live-connection.js';
import { endWithService, follow } from '../shared/live-stream.js';
import type { Conversation } from './conversation.js';
import { DetectedTurns } from './detected-turns.js';
import type { InputBuffer } from './input-buffer.js';
import { ManualTurns } from './manual-turns.js';
import type { SessionConfiguration } from './session-configuration.js';
import { streamTurns } from './turn-detection.js';
import type { Turns } from './turns.js';

export interface StreamsOptions {
  readonly recognizer: Pick<Recognizer, 'createStream'>;
  readonly shutdown: ShutdownState;
  readonly conversation: Conversation;
  readonly buffer: InputBuffer;
  /** Awaited before an event is turned into messages. */
  beforeEvent(event: RecognitionEvent): Promise<void> | undefined;
  /** A stream has failed, after its items have. */
  onFailure(error: SpeechError): void;
}

/** A stream and the items that its events become. */
export interface SessionStream {
  readonly stream: RecognitionStream;
  readonly turns: Turns;
}

/** The most streams that have not ended; a change that needs another stream is then refused. */
const maxUnfinished = 3;

/**
 * The streams of a session: another one takes the place of the current one where turn detection or model change. Events
 * of a stream are sent after all events of the one before it.
 */
export class SessionStreams {
  private open: SessionStream | undefined;
  private unfinished = 0;
  /** Settles when all streams so far have ended. */
  private followed: Promise<void> = Promise.resolve();

  constructor(
    private readonly connection: LiveConnection,
    private readonly options: StreamsOptions,
  ) {}

  /** The one that takes audio. */
  get current(): SessionStream | undefined {
    return this.open;
  }

  get areTooMany(): boolean {
    return this.unfinished >= maxUnfinished;
  }

  /** Settles when the streams so far have ended and their events are sent. */
  get ended(): Promise<void> {
    return this.followed;
  }

  /** @throws SpeechError SHUTTING_DOWN */
  openStream(configuration: SessionConfiguration, source: AudioFormat): SessionStream {
    const { connection, options } = this;
    // A signal of its own, so that nothing of a stream outlives it, however long the connection does.
    const lifetime = new AbortController();
    const stream = options.recognizer.createStream(
      {
        modelId: configuration.model.id,
        instructions: configuration.instructions,
        source,
        origin: connection.origin,
        partials: true,
        ...streamTurns(configuration.turnDetection),
      },
      lifetime.signal,
    );
    const opened = { stream, turns: this.turnsFor(stream, configuration) };
    this.open = opened;
    endWithService(connection, [stream], options.shutdown, lifetime.signal);
    this.unfinished++;
    const onGone = (): void => lifetime.abort();
    connection.signal.addEventListener('abort', onGone);
    if (connection.signal.aborted) onGone();
    this.followed = this.followed
      .then(() => this.follow(opened))
      .finally(() => {
        this.unfinished--;
        connection.signal.removeEventListener('abort', onGone);
        lifetime.abort();
      });
    return opened;
  }

  /** Ends the input of the current stream; the next audio opens another one. */
  replace(): void {
    this.endInput();
    this.open = undefined;
  }

  endInput(): void {
    this.open?.stream.inputFinished();
  }

  private turnsFor(stream: RecognitionStream, configuration: SessionConfiguration): Turns {
    const { model, instructions, turnDetection } = configuration;
    const { conversation, buffer } = this.options;
    const language = expectedLanguage(model, instructions);
    const parts = { conversation, stream, buffer, offsetMs: buffer.appendedMs, language };
    return turnDetection === null ? new ManualTurns(parts) : new DetectedTurns(parts, turnDetection);
  }

  private async follow(followed: SessionStream): Promise<void> {
    const { connection, options } = this;
    const { stream, turns } = followed;
    try {
      await follow(connection, stream, async (event) => {
        await options.beforeEvent(event);
        turns.apply(event);
      });
      turns.end();
    } catch (error) {
      if (connection.signal.aborted) return;
      const failure = toSpeechError(error);
      turns.fail(failure);
      options.onFailure(failure);
    }
    if (this.open === followed) this.open = undefined;
  }
}
