import { setImmediate } from 'node:timers/promises';
import { onAbort } from '../../common/on-abort.js';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { ShutdownState } from '../../common/shutdown-state.js';
import type { LiveAudioFactory } from '../../normalization/live-audio.factory.js';
import type { LiveAudio } from '../../normalization/live-audio.js';
import type { LiveBlock } from '../../normalization/live-chains.js';
import type { Recognizer } from '../../recognition/recognizer.js';
import type { InputWarnings } from '../../transcripts/warnings/input-warnings.js';
import { toSpeechError } from '../shared/error-answer.js';
import type { LiveConnection } from '../shared/live-connection.js';
import { feed } from '../shared/live-stream.js';
import type { Message } from '../shared/message-queue.js';
import { SerialInbox } from '../shared/serial-inbox.js';
import type { TransportObservers } from '../shared/transport-observer.js';
import { decodeAudio, parseClientEvent } from './client-events.js';
import type { ClientEvent } from './client-events.js';
import { Conversation } from './conversation.js';
import { InputBuffer } from './input-buffer.js';
import { errorEvent, newId, presentLegacySession, presentSession } from './realtime.presenter.js';
import { commitEmptyError, protocolError, serverEvent } from './realtime.presenter.js';
import type { ServerEvent } from './server-events.js';
import {
  bytesPerSecond,
  declaredAudio,
  defaultConfiguration,
  hasSameFormat,
  hasSameStream,
  updatedConfiguration,
} from './session-configuration.js';
import type { SessionConfiguration, SessionDefaults } from './session-configuration.js';
import { SessionStreams } from './session-streams.js';
import { SessionWarnings } from './session-warnings.js';
import { fromLegacy } from './session-update.js';
import type { SessionUpdate } from './session-update.js';

export interface SessionOptions {
  readonly recognizer: Pick<Recognizer, 'createStream'>;
  readonly liveAudio: LiveAudioFactory;
  readonly shutdown: ShutdownState;
  readonly inputWarnings: Pick<InputWarnings, 'forLiveInput'>;
  readonly observers: TransportObservers;
  readonly defaults: SessionDefaults;
  /** The configuration to begin with, where it is not the default. */
  readonly initial?: SessionConfiguration;
  readonly maxSessionSeconds: number;
  readonly beta: boolean;
}

/** How a socket is closed once everything that is under way has been sent. */
interface Ending {
  readonly code: number;
  readonly reason: string;
  readonly event?: ServerEvent;
  readonly errorCode?: SpeechErrorCode;
}

/** One socket: the client's audio goes into a stream, and the stream's events leave as OpenAI's events. */
export class RealtimeSession {
  private readonly identity;
  private readonly conversation: Conversation;
  private readonly buffer = new InputBuffer();
  private configuration: SessionConfiguration;
  private audio: LiveAudio | undefined;
  private warnings: SessionWarnings | undefined;
  private readonly streams: SessionStreams;
  private readonly inbox: SerialInbox<Message>;
  private ending: Ending | undefined;

  constructor(
    private readonly connection: LiveConnection,
    private readonly options: SessionOptions,
  ) {
    const expiresAt = Math.floor(Date.now() / 1_000) + options.maxSessionSeconds;
    this.identity = { id: newId('sess'), expiresAt };
    this.configuration = options.initial ?? defaultConfiguration(options.defaults);
    this.conversation = new Conversation((event) => connection.send(event), options.beta);
    this.conversation.withLogProbs = this.configuration.include.length > 0;
    this.streams = new SessionStreams(connection, {
      recognizer: options.recognizer,
      shutdown: options.shutdown,
      conversation: this.conversation,
      buffer: this.buffer,
      beforeEvent: (event) => this.warnings?.before(event),
      onFailure: (failure) =>
        this.endInput({
          code: 1011,
          reason: failure.code,
          event: errorEvent(failure, null),
          errorCode: failure.code,
        }),
    });
    this.inbox = new SerialInbox(connection, connection.signal, (message) => this.handle(message));
  }

  start(): void {
    const { connection, options } = this;
    this.send(serverEvent('session.created', { session: presentSession(this.identity, this.configuration) }));
    const { beginning, signal: graceOver } = options.shutdown;
    const restart = { code: 1012, reason: 'the service restarts' };
    onAbort(beginning, () => this.endAfterStreams(restart), connection.signal);
    onAbort(graceOver, () => connection.close(restart.code, restart.reason), connection.signal);
    connection.handle({
      onMessage: (data, isBinary) => this.inbox.push({ data, isBinary }),
      onIdle: (missing) =>
        this.endInput({
          code: 1000,
          reason: 'idle',
          event: protocolError(
            'idle_timeout',
            missing === 'audio' ? 'No audio came for too long.' : 'No event came for too long.',
            null,
          ),
        }),
      onLimit: (error) =>
        this.endInput({
          code: 1008,
          reason: error.code,
          event: errorEvent(error, null),
          errorCode: error.code,
        }),
      onExpired: () =>
        this.endInput({
          code: 1001,
          reason: 'session expired',
          event: protocolError('session_expired', 'The session has reached its longest duration.', null),
        }),
    });
  }

  private send(event: ServerEvent): void {
    this.connection.send(event);
  }

  /** An event that is refused is answered by an error; the session goes on. */
  private handle({ data, isBinary }: Message): Promise<void> | undefined {
    const { eventId, ...parsed } = parseClientEvent(data, isBinary);
    const refuse = (error: unknown): void => this.send(errorEvent(toSpeechError(error), eventId));
    try {
      if ('error' in parsed) throw parsed.error;
      return this.apply(parsed.event, eventId)?.catch(refuse);
    } catch (error) {
      refuse(error);
      return undefined;
    }
  }

  /** @throws SpeechError where the event is refused */
  private apply(event: ClientEvent, eventId: string | null): Promise<void> | undefined {
    switch (event.type) {
      case 'session.update':
        this.update(event.session, (path) => `session.audio.input.${path}`);
        this.sendSession();
        return;
      case 'transcription_session.update': {
        this.update(
          fromLegacy(event.session),
          (path) => `session.${path.replace(/^(?=transcription)/, 'input_audio_')}`,
        );
        const session = presentLegacySession(this.identity, this.configuration);
        this.send(serverEvent('transcription_session.updated', { session }));
        return;
      }
      case 'input_audio_buffer.append':
        return this.append(decodeAudio(event.audio));
      case 'input_audio_buffer.commit':
        if (this.streams.current === undefined) this.send(commitEmptyError(0, eventId));
        else this.streams.current.turns.commit(eventId);
        return;
      case 'input_audio_buffer.clear':
        if (this.streams.current === undefined) this.send(serverEvent('input_audio_buffer.cleared', {}));
        else this.streams.current.turns.clear();
        return;
      case 'conversation.item.retrieve':
        throw new SpeechError(
          'UNSUPPORTED_FEATURE',
          'Items are not kept once their transcript was sent. Use their events.',
          { param: 'item_id' },
        );
    }
  }

  private update(update: SessionUpdate, locate: (path: string) => string): void {
    const before = this.configuration;
    const after = updatedConfiguration(before, update, this.options.defaults, locate);
    if (this.audio !== undefined && !hasSameFormat(before, after)) {
      const message = 'The format cannot change once audio was appended. Open another session.';
      throw new SpeechError('INVALID_FIELD', message, { param: locate('format') });
    }
    const needsStream = !hasSameStream(before, after);
    if (needsStream && this.streams.areTooMany) {
      throw new SpeechError(
        'QUEUE_FULL',
        'The audio before the last changes is not decoded yet. Try again when it is.',
      );
    }
    this.configuration = after;
    this.conversation.withLogProbs = after.include.length > 0;
    if (needsStream) {
      this.streams.replace();
      this.buffer.cut();
    }
  }

  /**
   * At once where it is short. A long append is taken piece by piece, as fast as it is recognized: other clients have
   * their turn meanwhile, and minutes of samples are not kept.
   * @throws SpeechError AUDIO_*, SHUTTING_DOWN
   */
  private append(bytes: Uint8Array): Promise<void> | undefined {
    const pieceBytes = bytesPerSecond(declaredAudio(this.configuration));
    if (bytes.length > pieceBytes) return this.appendPieces(bytes, pieceBytes);
    this.appendPiece(bytes);
    return undefined;
  }

  private async appendPieces(bytes: Uint8Array, pieceBytes: number): Promise<void> {
    for (let at = 0; at < bytes.length && !this.connection.signal.aborted; at += pieceBytes) {
      this.appendPiece(bytes.subarray(at, at + pieceBytes));
      await this.streams.current?.stream.drained();
      await setImmediate();
    }
  }

  private appendPiece(bytes: Uint8Array): void {
    // Once the session ends, audio opens no stream.
    if (bytes.length === 0 || (this.ending !== undefined && this.streams.current === undefined)) return;
    this.connection.noteAudio();
    const declared = declaredAudio(this.configuration);
    this.audio ??= this.options.liveAudio.open(declared, 'mix');
    const block = decoded(this.audio, bytes, () => (this.audio = undefined));
    const { stream, turns } =
      this.streams.current ?? this.streams.openStream(this.configuration, { container: 'raw', ...declared });
    turns.beforeAudio();
    this.buffer.append((bytes.length / bytesPerSecond(declared)) * 1_000);
    this.warnings ??= this.openWarnings();
    this.warnings.received(bytes, this.audio?.format, block === undefined ? [] : [block], stream);
    if (block !== undefined) feed(this.connection, stream, block);
  }

  private openWarnings(): SessionWarnings {
    const { connection, options } = this;
    const live = options.inputWarnings.forLiveInput({
      modelId: this.configuration.model.id,
      channel: undefined,
      keyName: connection.origin.keyName,
    });
    const level = (): number => this.audio?.level ?? -Infinity;
    return new SessionWarnings(live, connection, options.observers, level, (found) => {
      this.conversation.warnings = found;
      this.sendSession();
    });
  }

  private sendSession(): void {
    const session = presentSession(this.identity, this.configuration, this.conversation.warnings);
    this.send(serverEvent('session.updated', { session }));
  }

  private endInput(ending: Ending): void {
    this.streams.endInput();
    this.endAfterStreams(ending);
  }

  /** Closes the socket when all streams have ended; who ends them, and when, is the caller's. */
  private endAfterStreams(ending: Ending): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    void this.streams.ended.then(() => {
      if (ending.event !== undefined) this.send(ending.event);
      this.connection.close(ending.code, ending.reason, ending.errorCode);
    });
  }
}

/** After bytes of another format, decoding begins anew with the next ones. */
function decoded(audio: LiveAudio, bytes: Uint8Array, onRefused: () => void): LiveBlock | undefined {
  try {
    return audio.push(bytes)[0];
  } catch (error) {
    onRefused();
    throw error;
  }
}
