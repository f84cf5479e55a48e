import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { onAbort } from '../../common/on-abort.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import type { ShutdownState } from '../../common/shutdown-state.js';
import type { Warning } from '../../common/warnings/warning-codes.js';
import type { LiveSource } from '../../normalization/live-audio.js';
import type { LiveBlocks } from '../../normalization/live-chains.js';
import type { Recognizer } from '../../recognition/recognizer.js';
import type { RecognitionStream, StreamOptions } from '../../recognition/live/recognition-stream.js';
import type { LiveWarnings } from '../../transcripts/warnings/live-warnings.js';
import { errorAnswer, toSpeechError } from '../shared/error-answer.js';
import { DecodedInput } from '../shared/decoded-input.js';
import { endWithService, feedEach, follow } from '../shared/live-stream.js';
import type { TransportObservers } from '../shared/transport-observer.js';
import { warningsFor } from '../shared/warnings.js';
import type { LiveConnection } from '../shared/live-connection.js';
import { ListenChannel } from './listen-channel.js';
import * as endings from './listen-endings.js';
import type { ListenEnding } from './listen-endings.js';
import { presentError, presentMetadata } from './listen-live.presenter.js';
import type { ListenServerMessage, LiveRequest } from './listen-live.presenter.js';
import { readListenMessage } from './listen-messages.js';

export type ListenStreamOptions = Omit<StreamOptions, 'source'>;

export interface ListenSessionOptions {
  readonly request: LiveRequest;
  readonly stream: ListenStreamOptions;
  /** How many are recognized by themselves, each with a place. */
  readonly channels: number;
  readonly vadEvents: boolean;
  readonly warnings: LiveWarnings;
  /** Warnings about the handshake. */
  readonly earlyWarnings: readonly Warning[];
}

/** A client does not send this many by mistake. */
const unreadableMessagesAtMost = 10;
const noBytes = Buffer.alloc(0);

/** One socket of Deepgram's live protocol, from its first message to the close frame. */
export class ListenSession {
  private readonly logger = new Logger('Listen');
  private readonly created = new Date();
  private readonly hash = createHash('sha256');
  private receivedBytes = 0;
  private unreadableMessages = 0;
  /** One for each channel, from the first bytes on, which show the format of the audio. */
  private streams: readonly RecognitionStream[] = [];
  private readonly channels: ListenChannel[] = [];
  /** The reason of the end; the last results are still to be sent. */
  private ending: ListenEnding | undefined;
  private concluded = false;
  private readonly input: DecodedInput;

  constructor(
    private readonly connection: LiveConnection,
    private readonly recognizer: Pick<Recognizer, 'createStream'>,
    private readonly audio: LiveSource,
    private readonly shutdown: ShutdownState,
    private readonly observers: TransportObservers,
    private readonly options: ListenSessionOptions,
  ) {
    this.input = new DecodedInput(connection, () =>
      Promise.all(this.streams.map((stream) => stream.drained())),
    );
  }

  /** Takes messages from now on. When the socket closes, the streams are cancelled. */
  start(): void {
    this.connection.handle({
      onMessage: (data, isBinary) => this.receive(data, isBinary),
      onIdle: (missing) => this.finish(missing === 'audio' ? endings.withoutAudio : endings.idle),
      onExpired: () => this.finish(endings.expired),
      onLimit: (error) => this.finish(endings.failed(error)),
    });
    this.connection.signal.addEventListener('abort', () => this.audio.dispose(), { once: true });
    const { beginning, signal: graceOver } = this.shutdown;
    const atShutdown = (): void => {
      // See endWithService for those that are open.
      if (this.streams.length === 0) this.finish(endings.restart);
    };
    onAbort(beginning, atShutdown, this.connection.signal);
    const cut = (): void => {
      this.ending = endings.restart;
      void this.conclude();
    };
    onAbort(graceOver, cut, this.connection.signal);
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (this.ending !== undefined) return;
    try {
      if (isBinary) this.acceptAudio(data);
      else this.acceptText(data);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Empty messages are ignored: clients send them by accident, and CloseStream when they mean the end. */
  private acceptAudio(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.connection.noteAudio();
    this.receivedBytes += bytes.length;
    this.hash.update(bytes);
    let heard: Buffer = bytes;
    this.input.take(
      this.audio.push(bytes),
      (blocks) => {
        this.options.warnings.addBytes(heard, this.audio.format, blocks);
        heard = noBytes;
        this.feedStreams(blocks);
      },
      (error) => this.fail(error),
    );
  }

  private feedStreams(blocks: LiveBlocks): void {
    if (blocks.length > 0 && this.streams.length === 0) this.openStreams(blocks.length);
    feedEach(this.connection, this.streams, blocks);
  }

  /** @throws SpeechError AUDIO_INVALID_CHANNELS, SHUTTING_DOWN */
  private openStreams(count: number): void {
    const { request, stream, channels, vadEvents } = this.options;
    const source = this.audio.format;
    if (source === undefined) return;
    if (count > channels) {
      throw new SpeechError(
        'AUDIO_INVALID_CHANNELS',
        `The audio has ${count} channels, of which ${channels} were announced. multichannel needs channels=${count}.`,
        { param: 'channels' },
      );
    }
    this.streams = Array.from({ length: count }, () =>
      this.recognizer.createStream(
        { ...stream, source, origin: this.connection.origin },
        this.connection.signal,
      ),
    );
    const followed = this.streams.map(async (opened, index) => {
      const channel = new ListenChannel(request, [index, count], vadEvents);
      this.channels.push(channel);
      try {
        await follow(this.connection, opened, (event) => {
          if (event.type === 'segment-final') this.options.warnings.addFinal(event.segment);
          this.send(channel.messages(event));
        });
      } catch (error) {
        this.fail(error);
      }
    });
    endWithService(this.input, this.streams, this.shutdown, this.connection.signal);
    void Promise.all(followed).then(() => this.conclude());
  }

  private acceptText(data: Buffer): void {
    const { request, channels } = this.options;
    try {
      const message = readListenMessage(data, this.streams.length || channels);
      if (message.type === 'CloseStream') this.finish(endings.closed);
      if (message.type === 'Finalize') this.finalize(message.channel);
    } catch (error) {
      if (!(error instanceof SpeechError)) throw error;
      this.send([presentError(errorAnswer(error, request.requestId))]);
      this.unreadableMessages++;
      if (this.unreadableMessages >= unreadableMessagesAtMost) this.finish(endings.unreadable);
    }
  }

  private finalize(channel: number | undefined): void {
    const { request, channels, vadEvents } = this.options;
    const count = this.streams.length || channels;
    for (let index = channel ?? 0; index <= (channel ?? count - 1); index++) {
      const stream = this.streams[index];
      if (stream !== undefined) stream.finalize();
      else {
        const silent = new ListenChannel(request, [index, count], vadEvents);
        this.send(silent.messages({ type: 'finalized', atMs: 0 }));
      }
    }
  }

  private send(messages: readonly ListenServerMessage[]): void {
    for (const message of messages) this.connection.send(message);
  }

  /** Ends the input; the audio so far is still recognized and its results are sent. The first reason counts. */
  private finish(ending: ListenEnding): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    this.input.whenTaken(() => {
      if (this.ending?.error === undefined && this.receivedBytes > 0) this.flush();
      this.input.whenTaken(() => this.endStreams());
    });
  }

  private endStreams(): void {
    for (const stream of this.streams) stream.inputFinished();
    if (this.streams.length === 0) void this.conclude();
  }

  private flush(): void {
    const onError = (error: unknown): void => {
      const found = toSpeechError(error);
      // A client that hangs up without a sample has done nothing wrong.
      if (found.code !== 'AUDIO_EMPTY') this.ending = endings.failed(found);
    };
    try {
      this.input.take(this.audio.flush(), (blocks) => this.feedStreams(blocks), onError);
    } catch (error) {
      onError(error);
    }
  }

  private fail(error: unknown): void {
    if (this.connection.signal.aborted) return;
    const found = toSpeechError(error);
    if (found.code === 'INTERNAL') {
      this.logger.error({
        msg: 'a live stream failed',
        requestId: this.connection.origin.requestId,
        err: error,
      });
    }
    const ending = endings.failed(found);
    if (this.ending === undefined) this.finish(ending);
    else this.ending = ending;
  }

  private async conclude(): Promise<void> {
    if (this.concluded) return;
    this.concluded = true;
    // Streams that the client did not end have ended with the service.
    const { code, reason, error } = this.ending ?? endings.restart;
    this.ending ??= endings.restart;
    const { request, channels } = this.options;
    if (error === undefined) {
      const warnings = await this.findWarnings();
      this.connection.send(
        presentMetadata(request, {
          warnings,
          sha256: this.hash.digest('hex'),
          created: this.created,
          seconds: Math.max(0, ...this.streams.map(({ receivedSeconds }) => receivedSeconds)),
          channels: this.streams.length || channels,
          languages: this.channels.flatMap(({ languages }) => [...languages]),
        }),
      );
    } else {
      this.connection.send(presentError(errorAnswer(error, request.requestId)));
    }
    this.connection.close(code, reason, error?.code);
  }

  /** A service that shuts down has no time for them. */
  private async findWarnings(): Promise<readonly Warning[]> {
    const { audio, connection, observers, options, shutdown, streams } = this;
    const { earlyWarnings } = options;
    if (shutdown.shuttingDown || this.receivedBytes === 0) return earlyWarnings;
    const peakProbability = Math.max(0, ...streams.map((stream) => stream.peakProbability));
    const found = await options.warnings.find(audio.level, peakProbability, connection.signal);
    return warningsFor([...earlyWarnings, ...found], connection.origin, observers);
  }
}
