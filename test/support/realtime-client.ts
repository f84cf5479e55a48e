import { once } from 'node:events';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import { faultsOf } from './async-api.js';

export interface RealtimeEvent {
  readonly type: string;
  readonly event_id: string;
  readonly item_id?: string;
  readonly [field: string]: unknown;
}

/** A plain WebSocket at /v1/realtime, with every event that came. */
export class RealtimeClient {
  readonly events: RealtimeEvent[] = [];
  readonly closed: Promise<number>;
  private readonly waiting = new Set<() => void>();

  private constructor(readonly socket: WebSocket) {
    this.closed = once(socket, 'close').then(([code]) => code as number);
    socket.on('message', (data) => {
      this.events.push(JSON.parse((data as Buffer).toString()) as RealtimeEvent);
      for (const check of [...this.waiting]) check();
    });
  }

  /** @param url `http://HOST:PORT` of the service. @throws Error `Unexpected server response: …` */
  static async open(
    url: string,
    query = '?intent=transcription',
    options: ClientOptions & { readonly subprotocols?: string[] } = {},
  ): Promise<RealtimeClient> {
    const { subprotocols = [], ...rest } = options;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime${query}`, subprotocols, rest);
    const client = new RealtimeClient(socket);
    await once(socket, 'open');
    return client;
  }

  send(event: object): void {
    this.socket.send(JSON.stringify(event));
  }

  /** Appends audio in pieces; their size need not fit the samples. */
  append(audio: Uint8Array, pieceBytes = 9_600): void {
    for (let at = 0; at < audio.length; at += pieceBytes) {
      const piece = Buffer.from(audio.subarray(at, at + pieceBytes)).toString('base64');
      this.send({ type: 'input_audio_buffer.append', audio: piece });
    }
  }

  /** Changes `audio.input` of the session, and waits until it has changed. */
  async update(input: object, more: object = {}): Promise<RealtimeEvent> {
    const before = this.of('session.updated').length;
    this.send({ type: 'session.update', session: { type: 'transcription', audio: { input }, ...more } });
    return this.next('session.updated', before + 1);
  }

  of(type: string): readonly RealtimeEvent[] {
    return this.events.filter((event) => event.type === type || event.type === transcription + type);
  }

  /** The events that belong to an item, by their short names. */
  typesOf(itemId: string | undefined): readonly string[] {
    return this.events
      .filter(
        (event) => event.item_id === itemId || (event['item'] as { id?: string } | undefined)?.id === itemId,
      )
      .map(({ type }) => type.replace(transcription, ''));
  }

  /** Waits for the event of that type that is the `count`th. @throws Error where the socket closes before */
  async next(type: string, count = 1, seconds = 60): Promise<RealtimeEvent> {
    await this.until(() => this.of(type).length >= count, `${type} ${count}`, seconds);
    return this.of(type)[count - 1]!;
  }

  async close(): Promise<void> {
    this.socket.close(1000);
    await this.closed;
  }

  private until(holds: () => boolean, what: string, seconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        clearTimeout(timer);
        this.waiting.delete(check);
        if (error === undefined) resolve();
        else reject(error);
      };
      const seen = (): string => this.events.map(({ type }) => type).join(', ');
      const check = (): void => (holds() ? end() : undefined);
      const timer = setTimeout(
        () => end(new Error(`${what} did not come; there came ${seen()}`)),
        seconds * 1_000,
      );
      this.waiting.add(check);
      void this.closed.then((code) => end(new Error(`closed with ${code} before ${what}; ${seen()}`)));
      check();
    });
  }
}

const transcription = 'conversation.item.input_audio_transcription.';

/** Whatever a test is about: every event keeps to its schema, no id comes twice, every item has its one end. */
export function expectSound({ events }: RealtimeClient): void {
  for (const event of events) expect(faultsOf('realtime', 'send', event)).toEqual([]);
  expect(new Set(events.map(({ event_id: id }) => id)).size).toBe(events.length);
  let previous: unknown = null;
  for (const { type, item_id: id, previous_item_id: before } of events) {
    if (type !== 'input_audio_buffer.committed') continue;
    expect(before).toBe(previous);
    previous = id;
    const ends = events.filter((event) => event.item_id === id && /\.(completed|failed)$/.test(event.type));
    expect(ends).toHaveLength(1);
  }
}
