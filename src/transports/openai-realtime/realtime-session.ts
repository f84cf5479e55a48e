import { setImmediate } from 'node:timers/promises';
import type { AudioFormat, DeclaredFormat } from '../../audio/audio.types.js';
import type { SpeechErrorCode } from '../../common/errors/error-codes.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { ShutdownState } from '../../common/shutdown-state.js';
import type { LiveAudioFactory } from '../../normalization/live-audio.factory.js';
import type { LiveAudio } from '../../normalization/live-audio.js';
import type { Recognizer } from '../../recognition/recognizer.js';
import type { RecognitionStream } from '../../recognition/live/recognition-stream.js';
import type { InputWarnings } from '../../transcripts/warnings/input-warnings.js';
import { toSpeechError } from '../shared/error-answer.js';
import { endWithService, feed, follow } from '../shared/live-stream.js';
import type { TransportObservers } from '../shared/transport-observer.js';
import type { WebSocketConnection } from '../shared/web-socket-connection.js';
import { decodeAudio, parseClientEvent } from './client-events.js';
import type { ClientEvent } from './client-events.js';
import { Conversation } from './conversation.js';
import { DetectedTurns } from './detected-turns.js';
import { InputBuffer } from './input-buffer.js';
import { ManualTurns } from './manual-turns.js';
import { errorEvent, newId, presentLegacySession, presentSession } from './realtime.presenter.js';
import { commitEmptyError, protocolError, serverEvent } from './realtime.presenter.js';
import type { ServerEvent } from './server-events.js';
import { defaultConfiguration, updatedConfiguration } from './session-configuration.js';
import type { SessionConfiguration, SessionDefaults } from './session-configuration.js';
import { SessionWarnings } from './session-warnings.js';
import { fromLegacy } from './session-update.js';
import type { InputFormat, SessionUpdate } from './session-update.js';
import { streamTurns } from './turn-detection.js';
import type { Turns } from './turns.js';

export interface SessionOptions {
  readonly recognizer: Recognizer;
  readonly liveAudio: LiveAudioFactory;
  readonly shutdown: ShutdownState;
  readonly inputWarnings: InputWarnings;
  readonly observers: TransportObservers;
  readonly defaults: SessionDefaults;
  readonly maxSessionSeconds: number;
  readonly beta: boolean;
}

/** A stream and what is made of it; another one takes its place where turn detection or model change. */
interface Hearing {
  readonly stream: RecognitionStream;
  readonly turns: Turns;
}

/** Streams that have not told all yet; more changes have to wait. */
const maxUnheardStreams = 3;

/** How a socket is closed once everything that is under way has been sent. */
interface Ending {
  readonly code: number;
  readonly reason: string;
  readonly event?: ServerEvent;
  readonly errorCode?: SpeechErrorCode;
}

/** One socket: what the client sends goes into a stream, what the stream hears comes out as OpenAI's events. */
export class RealtimeSession {
  private readonly identity;
  private readonly conversation: Conversation;
  private readonly buffer = new InputBuffer();
  private configuration: SessionConfiguration;
  private audio: LiveAudio | undefined;
  private warnings: SessionWarnings | undefined;
  private hearing: Hearing | undefined;
  /** The streams one after the other: events of one come after all of the one before. */
  private heard: Promise<void> = Promise.resolve();
  private unheardStreams = 0;
  private readonly inbox: { readonly data: Buffer; readonly isBinary: boolean }[] = [];
  private working = false;
  private ending: Ending | undefined;

  constructor(
    private readonly connection: WebSocketConnection,
    private readonly options: SessionOptions,
  ) {
    const expiresAt = Math.floor(Date.now() / 1_000) + options.maxSessionSeconds;
    this.identity = { id: newId('sess'), expiresAt };
    this.configuration = defaultConfiguration(options.defaults);
    this.conversation = new Conversation((event) => connection.send(event), options.beta);
  }

  start(): void {
    const { connection, options } = this;
    this.send(serverEvent('session.created', { session: presentSession(this.identity, this.configuration) }));
    const { beginning, signal: graceOver } = options.shutdown;
    const restart = { code: 1012, reason: 'the service restarts' };
    const onShutdown = (): void => this.endAfterStreams(restart);
    beginning.addEventListener('abort', onShutdown, { signal: connection.signal });
    if (beginning.aborted) onShutdown();
    const cut = (): void => connection.close(restart.code, restart.reason);
    graceOver.addEventListener('abort', cut, { signal: connection.signal });
    if (graceOver.aborted) cut();
    connection.handle({
      onMessage: (data, isBinary) => this.receive(data, isBinary),
      onIdle: () =>
        this.endInput({
          code: 1000,
          reason: 'idle',
          event: protocolError('idle_timeout', 'No event came for too long.', null),
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

  private receive(data: Buffer, isBinary: boolean): void {
    this.inbox.push({ data, isBinary });
    if (!this.working) void this.work();
  }

  /** One event after the other; behind one that takes long, the client waits. */
  private async work(): Promise<void> {
    const { signal } = this.connection;
    this.working = true;
    for (let next = this.inbox.shift(); next !== undefined && !signal.aborted; next = this.inbox.shift()) {
      const { eventId, ...parsed } = parseClientEvent(next.data, next.isBinary);
      try {
        if ('error' in parsed) throw parsed.error;
        const underWay = this.apply(parsed.event, eventId);
        if (underWay !== undefined) await this.whilePaused(underWay);
      } catch (error) {
        this.send(errorEvent(toSpeechError(error), eventId));
      }
    }
    this.working = false;
  }

  private async whilePaused(underWay: Promise<void>): Promise<void> {
    this.connection.pause();
    try {
      await underWay;
    } finally {
      this.connection.resume();
    }
  }

  /** @throws SpeechError for what is refused; the session goes on */
  private apply(event: ClientEvent, eventId: string | null): Promise<void> | undefined {
    switch (event.type) {
      case 'session.update':
        this.update(event.session, (path) => `session.audio.input.${path}`);
        this.tellSession();
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
        if (this.hearing === undefined) this.send(commitEmptyError(0, eventId));
        else this.hearing.turns.commit(eventId);
        return;
      case 'input_audio_buffer.clear':
        if (this.hearing === undefined) this.send(serverEvent('input_audio_buffer.cleared', {}));
        else this.hearing.turns.clear();
        return;
      case 'conversation.item.retrieve':
        throw new SpeechError(
          'UNSUPPORTED_FEATURE',
          'items are not kept once their transcript was sent; use their events',
          { param: 'item_id' },
        );
    }
  }

  private update(update: SessionUpdate, locate: (path: string) => string): void {
    const before = this.configuration;
    const after = updated(before, update, this.options.defaults, locate);
    if (this.audio !== undefined && !same(before.format, after.format)) {
      const message = 'the format cannot change once audio was appended; open another session';
      throw new SpeechError('INVALID_FIELD', message, { param: locate('format') });
    }
    const needsStream =
      before.model.id !== after.model.id || !same(before.turnDetection, after.turnDetection);
    if (needsStream && this.unheardStreams >= maxUnheardStreams) {
      throw new SpeechError('QUEUE_FULL', 'the audio before the last changes is not heard yet');
    }
    this.configuration = after;
    this.conversation.withLogProbs = after.include.length > 0;
    if (needsStream) {
      // The next audio opens another stream.
      this.hearing?.stream.inputFinished();
      this.hearing = undefined;
      this.buffer.cut();
    }
  }

  /**
   * At once where it is short. A long append is taken piece by piece, as fast as it is heard: others have to be heard
   * meanwhile, and minutes of samples are not kept.
   * @throws SpeechError AUDIO_*, SHUTTING_DOWN
   */
  private append(bytes: Uint8Array): Promise<void> | undefined {
    const pieceBytes = bytesPerSecond(declaredFormat(this.configuration.format));
    if (bytes.length > pieceBytes) return this.appendPieces(bytes, pieceBytes);
    this.appendPiece(bytes);
    return undefined;
  }

  private async appendPieces(bytes: Uint8Array, pieceBytes: number): Promise<void> {
    for (let at = 0; at < bytes.length && !this.connection.signal.aborted; at += pieceBytes) {
      this.appendPiece(bytes.subarray(at, at + pieceBytes));
      await this.hearing?.stream.drained();
      await setImmediate();
    }
  }

  private appendPiece(bytes: Uint8Array): void {
    if (bytes.length === 0 || (this.ending !== undefined && this.hearing === undefined)) return;
    const declared = declaredFormat(this.configuration.format);
    this.audio ??= this.options.liveAudio.open(declared, 'mix');
    const samples = decoded(this.audio, bytes, () => (this.audio = undefined));
    const hearing = (this.hearing ??= this.listen({ container: 'raw', ...declared }));
    hearing.turns.beforeAudio();
    this.buffer.append((bytes.length / bytesPerSecond(declared)) * 1_000);
    this.warnings ??= this.watch();
    this.warnings.received(bytes, this.audio?.format, samples === undefined ? [] : [samples], hearing.stream);
    if (samples !== undefined) feed(this.connection, hearing.stream, samples);
  }

  private watch(): SessionWarnings {
    const { connection, options } = this;
    const live = options.inputWarnings.forLiveInput({
      modelId: this.configuration.model.id,
      channel: undefined,
    });
    const level = (): number => this.audio?.level ?? -Infinity;
    return new SessionWarnings(live, connection, options.observers, level, (found) => {
      this.conversation.warnings = found;
      this.tellSession();
    });
  }

  private tellSession(): void {
    const session = presentSession(this.identity, this.configuration, this.conversation.warnings);
    this.send(serverEvent('session.updated', { session }));
  }

  /** @throws SpeechError SHUTTING_DOWN */
  private listen(source: AudioFormat): Hearing {
    const { connection, conversation, buffer, options } = this;
    const { model, turnDetection } = this.configuration;
    // One of its own, so that nothing of a stream outlives it, however long the socket does.
    const lifetime = new AbortController();
    const stream = options.recognizer.createStream(
      {
        modelId: model.id,
        source,
        origin: connection.origin,
        partials: true,
        ...streamTurns(turnDetection),
      },
      lifetime.signal,
    );
    const language = model.languages[0] ?? 'en';
    const of = { conversation, stream, buffer, offsetMs: buffer.appendedMs, language };
    const turns = turnDetection === null ? new ManualTurns(of) : new DetectedTurns(of, turnDetection);
    const hearing = { stream, turns };
    endWithService(connection, [stream], options.shutdown, lifetime.signal);
    this.unheardStreams += 1;
    const onGone = (): void => lifetime.abort();
    connection.signal.addEventListener('abort', onGone);
    if (connection.signal.aborted) onGone();
    this.heard = this.heard
      .then(() => this.follow(hearing))
      .finally(() => {
        this.unheardStreams -= 1;
        connection.signal.removeEventListener('abort', onGone);
        lifetime.abort();
      });
    return hearing;
  }

  private async follow(hearing: Hearing): Promise<void> {
    const { connection } = this;
    const { stream, turns } = hearing;
    try {
      await follow(connection, stream, async (event) => {
        await this.warnings?.before(event);
        turns.hear(event);
      });
      turns.end();
    } catch (error) {
      if (connection.signal.aborted) return;
      const failure = toSpeechError(error);
      turns.fail(failure);
      this.endInput({
        code: 1011,
        reason: failure.code,
        event: errorEvent(failure, null),
        errorCode: failure.code,
      });
    }
    if (this.hearing === hearing) this.hearing = undefined;
  }

  private endInput(ending: Ending): void {
    this.hearing?.stream.inputFinished();
    this.endAfterStreams(ending);
  }

  /** Closes the socket when all streams have ended; who ends them, and when, is the caller's. */
  private endAfterStreams(ending: Ending): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    // Audio that comes from now on opens no stream.
    void this.heard.then(() => {
      if (ending.event !== undefined) this.send(ending.event);
      this.connection.close(ending.code, ending.reason, ending.errorCode);
    });
  }
}

function updated(
  present: SessionConfiguration,
  update: SessionUpdate,
  defaults: SessionDefaults,
  locate: (path: string) => string,
): SessionConfiguration {
  try {
    return updatedConfiguration(present, update, defaults);
  } catch (error) {
    if (!(error instanceof SpeechError) || error.param === undefined) throw error;
    throw new SpeechError(error.code, error.message, { cause: error, param: locate(error.param) });
  }
}

/** Bytes that are of another format make the session begin anew with the next ones. */
function decoded(audio: LiveAudio, bytes: Uint8Array, onRefused: () => void): Float32Array | undefined {
  try {
    return audio.push(bytes)[0];
  } catch (error) {
    onRefused();
    throw error;
  }
}

function declaredFormat(format: InputFormat): DeclaredFormat {
  switch (format.type) {
    case 'audio/pcm':
      return { encoding: 'linear16', sampleRate: format.rate, channels: 1 };
    case 'audio/pcmu':
      return { encoding: 'mulaw', sampleRate: 8_000, channels: 1 };
    case 'audio/pcma':
      return { encoding: 'alaw', sampleRate: 8_000, channels: 1 };
  }
}

function bytesPerSecond({ encoding, sampleRate }: DeclaredFormat): number {
  return sampleRate * (encoding === 'linear16' ? 2 : 1);
}

function same(first: object | null, second: object | null): boolean {
  return JSON.stringify(first) === JSON.stringify(second);
}
