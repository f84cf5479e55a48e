import { once } from 'node:events';
import { request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { spokenOpus } from '../support/opus.js';
import { fixtureRecordings } from '../support/recordings.js';
import { bytesOf, wav } from '../support/wav-writer.js';
import type { FaultyService } from './faulty-service.js';
import { keys } from './faulty-service.js';

export type WorkName = 'clip' | 'recording' | 'listen' | 'opus' | 'realtime';

/** How a client's work ended. */
export interface Outcome {
  readonly name: WorkName;
  /** The text; undefined if there was an error instead. */
  readonly text: string | undefined;
  /** What the client saw: ``503 `MEMORY_FULL` with Retry-After``, `close 1011 …`. */
  readonly seen: string;
}

/** Work that is under way. */
export interface Work {
  readonly outcome: Promise<Outcome>;
  /** The first partial has come; for uploads, the last byte has gone. */
  readonly partial: Promise<void>;
  /** All audio has been sent, and the last words are awaited. */
  readonly finalizing: Promise<void>;
}

/** So many times as fast as it was spoken. */
const speed = 4;
const pieceMs = 100;

const fixtures = await fixtureRecordings();
const [long, clip, , other] = fixtures as [
  (typeof fixtures)[0],
  (typeof fixtures)[0],
  unknown,
  (typeof fixtures)[0],
];
export const clipFile = clip.file;
/** 38 s of speech. */
export const longFile = wav(
  bytesOf(...Array.from({ length: 2 }, () => fixtures.map(({ pcm }) => pcm)).flat()),
);

class Moment {
  reach = (): void => undefined;
  readonly reached = new Promise<void>((resolve) => (this.reach = resolve));
}

export function multipart(
  file: Uint8Array,
  fields: Readonly<Record<string, string>> = {},
): { readonly type: string; readonly body: Buffer } {
  const boundary = 'faults-boundary';
  const part = (head: string, body: Uint8Array | string): Buffer =>
    Buffer.concat([Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n')]);
  const name = (field: string): string => `Content-Disposition: form-data; name="${field}"`;
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([
      ...Object.entries(fields).map(([field, value]) => part(name(field), value)),
      part(`${name('file')}; filename="a.wav"`, file),
      Buffer.from(`--${boundary}--\r\n`),
    ]),
  };
}

function upload(service: FaultyService, name: WorkName, file: Uint8Array, spreadMs = 0): Work {
  const { type, body } = multipart(file);
  const sent = new Moment();
  const asked = request(`${service.url}/v1/audio/transcriptions`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${keys.alice}`, 'content-type': type, 'content-length': body.length },
  });
  const outcome = (async (): Promise<Outcome> => {
    try {
      const answered = once(asked, 'response') as Promise<[IncomingMessage]>;
      answered.catch(() => undefined);
      const pieces = spreadMs === 0 ? 1 : 20;
      for (let at = 0; at < pieces; at++) {
        asked.write(body.subarray((at * body.length) / pieces, ((at + 1) * body.length) / pieces));
        if (spreadMs > 0) await sleep(spreadMs / pieces);
      }
      asked.end();
      sent.reach();
      const [answer] = await answered;
      return { name, ...seenIn(answer, await textOf(answer)) };
    } catch (error) {
      sent.reach();
      return { name, text: undefined, seen: cut(error) };
    }
  })();
  return { outcome, partial: sent.reached, finalizing: sent.reached };
}

export function cut(error: unknown): string {
  const { code = '' } = error as { code?: string };
  return code === 'ECONNREFUSED' ? 'connection refused' : 'connection cut';
}

function seenIn(answer: IncomingMessage, body: string): Pick<Outcome, 'text' | 'seen'> {
  const { statusCode = 0, headers } = answer;
  if (statusCode === 200) return { text: (JSON.parse(body) as { text: string }).text, seen: '200' };
  return { text: undefined, seen: `${statusCode} ${codeIn(body)}${retryIn(headers['retry-after'])}` };
}

export function codeIn(body: string): string {
  const code = /"(?:code|err_code)":\s*"(\w+)"/.exec(body)?.[1];
  return code === undefined ? 'without a code' : `\`${code}\``;
}

function retryIn(retryAfter: string | undefined): string {
  return retryAfter === undefined ? '' : ' with Retry-After';
}

interface LiveProtocol {
  readonly name: WorkName;
  readonly path: string;
  readonly begin?: object;
  readonly audio: (piece: Uint8Array) => string | Uint8Array;
  /** Sent after the audio. */
  readonly end: readonly (string | Uint8Array)[];
  readonly bytes: Uint8Array;
  readonly bytesPerSecond: number;
  /** Takes part of the text out of a message; the last is true once there is nothing more to come. */
  readonly read: (message: string) => { partial?: boolean; final?: string; last?: boolean; error?: string };
}

function live(service: FaultyService, protocol: LiveProtocol): Work {
  const { name, path, begin, audio, end, bytes, bytesPerSecond, read } = protocol;
  const [partial, finalizing] = [new Moment(), new Moment()];
  const socket = new WebSocket(`ws://127.0.0.1:${service.port}${path}`, {
    headers: { authorization: `Bearer ${keys.bob}` },
  });
  const finals: string[] = [];
  let error = '';
  let last = false;
  const outcome = (async (): Promise<Outcome> => {
    const closed = new Promise<string>((resolve) => {
      socket.once('unexpected-response', (_request, answer) => {
        void textOf(answer).then(
          (body) => resolve(seenIn(answer, body).seen),
          () => resolve('cut'),
        );
      });
      socket.once('error', (fault) => resolve(cut(fault)));
      socket.once('close', (code) => resolve(`close ${code}`));
    });
    socket.on('message', (data: Buffer) => {
      const found = read(data.toString());
      if (found.partial === true) partial.reach();
      if (found.final !== undefined && found.final !== '') finals.push(found.final);
      if (found.error !== undefined) error = ` \`${found.error}\``;
      if (found.last === true && name === 'realtime') {
        last = true;
        socket.close(1000);
      } else if (found.last === true) last = true;
    });
    const isOpen = (): boolean => socket.readyState === socket.OPEN;
    await Promise.race([once(socket, 'open').catch(() => undefined), closed]);
    if (begin !== undefined && isOpen()) socket.send(JSON.stringify(begin));
    const pieceBytes = Math.round((bytesPerSecond * pieceMs) / 1_000 / 2) * 2;
    const startedAt = performance.now();
    for (let at = 0; at < bytes.length && isOpen(); at += pieceBytes) {
      socket.send(audio(bytes.subarray(at, at + pieceBytes)));
      await sleep(Math.max(0, startedAt + ((at / pieceBytes + 1) * pieceMs) / speed - performance.now()));
    }
    if (isOpen()) for (const message of end) socket.send(message);
    finalizing.reach();
    const how = await closed;
    partial.reach();
    return { name, text: last ? finals.join(' ') : undefined, seen: how + error };
  })();
  return { outcome, partial: partial.reached, finalizing: finalizing.reached };
}

function listen(
  name: 'listen' | 'opus',
  query: string,
  bytes: Uint8Array,
  bytesPerSecond: number,
): LiveProtocol {
  return {
    name,
    path: `/v1/listen?interim_results=true&${query}`,
    audio: (piece) => piece,
    end: [JSON.stringify({ type: 'CloseStream' })],
    bytes,
    bytesPerSecond,
    read: (message) => {
      const {
        type,
        is_final: isFinal,
        channel,
        err_code: code,
      } = JSON.parse(message) as {
        type: string;
        is_final?: boolean;
        err_code?: string;
        channel: { alternatives: { transcript: string }[] };
      };
      if (type === 'Metadata') return { last: true };
      if (type === 'Error')
        return { error: code ?? /"(?:code|description)":"(\w+)/.exec(message)?.[1] ?? '' };
      if (type !== 'Results') return {};
      return isFinal === true ? { final: channel.alternatives[0]?.transcript ?? '' } : { partial: true };
    },
  };
}

const silence = new Uint8Array(48_000);
const append = (piece: Uint8Array): string =>
  JSON.stringify({ type: 'input_audio_buffer.append', audio: Buffer.from(piece).toString('base64') });

const realtime: LiveProtocol = {
  name: 'realtime',
  path: '/v1/realtime?intent=transcription',
  begin: {
    type: 'session.update',
    session: {
      type: 'transcription',
      audio: { input: { format: { type: 'audio/pcm', rate: 24_000 }, turn_detection: null } },
    },
  },
  audio: append,
  end: [append(silence), JSON.stringify({ type: 'input_audio_buffer.commit' })],
  bytes: at24kHz(other.pcm),
  bytesPerSecond: 48_000,
  read: (message) => {
    const { type, transcript, error } = JSON.parse(message) as {
      type: string;
      transcript?: string;
      error?: { code?: string };
    };
    if (type.endsWith('.delta')) return { partial: true };
    if (type.endsWith('.completed')) return { final: transcript ?? '', last: true };
    if (type.endsWith('.failed') || type === 'error') return { error: error?.code ?? '' };
    return {};
  },
};

/** Of three samples at 24 kHz, two are those at 16 kHz and one is between: good enough to be understood. */
function at24kHz(pcm: Uint8Array): Uint8Array {
  const samples = new Int16Array(pcm.slice().buffer);
  const out = new Int16Array(Math.floor((samples.length * 3) / 2));
  for (let at = 0; at < out.length; at++) {
    const from = (at * 2) / 3;
    const left = samples[Math.floor(from)] ?? 0;
    const right = samples[Math.ceil(from)] ?? left;
    out[at] = Math.round(left + (right - left) * (from - Math.floor(from)));
  }
  return new Uint8Array(out.buffer);
}

const start: Readonly<Record<WorkName, (service: FaultyService) => Work>> = {
  clip: (service) => upload(service, 'clip', clipFile),
  recording: (service) => upload(service, 'recording', longFile),
  listen: (service) =>
    live(service, listen('listen', 'encoding=linear16&sample_rate=16000', long.pcm, 32_000)),
  opus: (service) => live(service, listen('opus', 'channels=1', spokenOpus, spokenOpus.length / 7.1)),
  realtime: (service) => live(service, realtime),
};

export function begin(service: FaultyService, name: WorkName): Work {
  return start[name](service);
}

/** A recording whose upload takes that long. */
export function beginSlowUpload(service: FaultyService, spreadMs: number): Work {
  return upload(service, 'recording', longFile, spreadMs);
}

export const everyWork: readonly WorkName[] = ['clip', 'recording', 'listen', 'opus', 'realtime'];

/** The texts without a fault, of the first service. */
const expected = new Map<WorkName, string>();

/** Does each kind of work once: a service that has done all of it holds what it always will. */
export async function learnTexts(service: FaultyService): Promise<void> {
  const outcomes = await Promise.all(everyWork.map((name) => begin(service, name).outcome));
  for (const { name, text, seen } of outcomes) {
    if (text === undefined || text.length < 10)
      throw new Error(`${name} has no text without a fault: ${seen}`);
    expected.set(name, expected.get(name) ?? text);
  }
}

/** @returns what the client saw; `whole text` if nothing is missing. @throws Error if its text is another than without a fault */
export function judged({ name, text, seen }: Outcome): string {
  if (text === undefined) return seen;
  if (text !== expected.get(name))
    throw new Error(`${name}: the text is "${text}" instead of "${expected.get(name) ?? ''}"`);
  return 'whole text';
}

/**
 * @param mayBe a refusal that is right too
 * @returns what the works saw, each sight once
 * @throws Error that names another outcome than the whole text
 */
export async function allWhole(works: readonly Work[], mayBe = 'whole text'): Promise<readonly string[]> {
  const outcomes = await Promise.all(works.map(({ outcome }) => outcome));
  for (const outcome of outcomes) {
    const sight = judged(outcome);
    if (sight !== 'whole text' && sight !== mayBe) throw new Error(`${outcome.name} got ${outcome.seen}`);
  }
  return [...new Set(outcomes.map(judged))];
}
