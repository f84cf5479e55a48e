import { createHash } from 'node:crypto';
import { once } from 'node:events';
import OpenAI from 'openai';
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { converted, missing } from '../support/spoken.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { startTlsProxy } from '../support/tls-proxy.js';
import type { TlsProxy } from '../support/tls-proxy.js';
import { until } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';

// The official client, unmodified. It speaks TLS only, so there is a proxy with TLS in front, as in production.
let running: RunningApp;
let proxy: TlsProxy;
let client: OpenAI;
let fixtures: readonly Recording[];

beforeAll(async () => {
  const hash = createHash('sha256').update('secret').digest('hex');
  running = await startApp({
    API_KEYS: `phone=${hash}`,
    MODEL_ALIASES: 'gpt-4o-transcribe=moonshine-tiny-en',
  });
  proxy = await startTlsProxy(running.url);
  client = new OpenAI({ baseURL: `https://${proxy.host}/v1`, apiKey: 'secret' });
  fixtures = await fixtureRecordings();
});
afterAll(async () => {
  await proxy.close();
  await running.close();
});

/** 24 kHz, as the API wants it. */
function base64Pieces(pcm: Uint8Array): string[] {
  const samples = converted(pcm, 24_000, 'pcm');
  const pieces: string[] = [];
  for (let at = 0; at < samples.length; at += 4_800) {
    pieces.push(Buffer.from(samples.subarray(at, at + 4_800)).toString('base64'));
  }
  return pieces;
}

const silence = Buffer.alloc(48_000).toString('base64');

describe('OpenAI’s client for Node', () => {
  const connect = (model = 'gpt-4o-transcribe'): OpenAIRealtimeWS =>
    new OpenAIRealtimeWS({ model, options: { ca: proxy.ca } }, client);

  it('transcribes live, with its own types and events', async () => {
    const realtime = connect();
    const order: string[] = [];
    const texts: string[] = [];
    let deltas = '';
    const failures: unknown[] = [];
    realtime.on('error', (error) => failures.push(error));
    realtime.on('event', ({ type }) => order.push(type));
    realtime.on('conversation.item.input_audio_transcription.delta', ({ delta }) => (deltas += delta ?? ''));
    realtime.on(
      'conversation.item.input_audio_transcription.completed',
      ({ transcript, usage, logprobs }) => {
        texts.push(transcript);
        expect(usage.type).toBe('duration');
        expect(
          logprobs
            ?.map(({ token }) => token)
            .join('')
            .trim(),
        ).toBe(transcript);
      },
    );
    await realtime.emitted('session.created');
    realtime.send({
      type: 'session.update',
      session: {
        type: 'transcription',
        audio: {
          input: {
            format: { type: 'audio/pcm', rate: 24_000 },
            noise_reduction: { type: 'near_field' },
            transcription: { model: 'gpt-4o-transcribe', language: 'en' },
            turn_detection: {
              type: 'server_vad',
              threshold: 0.5,
              prefix_padding_ms: 300,
              silence_duration_ms: 500,
            },
          },
        },
        include: ['item.input_audio_transcription.logprobs'],
      },
    });
    await realtime.emitted('session.updated');
    for (const { pcm } of fixtures.slice(0, 2)) {
      for (const audio of [...base64Pieces(pcm), silence])
        realtime.send({ type: 'input_audio_buffer.append', audio });
    }
    await until(() => texts.length === 2, 60);
    realtime.close();
    await once(realtime.socket, 'close');
    expect(failures).toEqual([]);
    expect(missing(texts[0], fixtures[0]!)).toBeLessThanOrEqual(2);
    expect(missing(texts[1], fixtures[1]!)).toBeLessThanOrEqual(2);
    expect(wordsOf(deltas).length).toBeGreaterThan(wordsOf(texts.join(' ')).length - 4);
    expect(new Set(order)).toEqual(
      new Set([
        'session.created',
        'session.updated',
        'input_audio_buffer.speech_started',
        'input_audio_buffer.speech_stopped',
        'input_audio_buffer.committed',
        'conversation.item.added',
        'conversation.item.done',
        'conversation.item.input_audio_transcription.delta',
        'conversation.item.input_audio_transcription.completed',
      ]),
    );
  });

  it('commits by itself without turn detection', async () => {
    const realtime = connect('default');
    await realtime.emitted('session.created');
    realtime.send({
      type: 'session.update',
      session: { type: 'transcription', audio: { input: { turn_detection: null } } },
    });
    for (const audio of base64Pieces(fixtures[2]!.pcm))
      realtime.send({ type: 'input_audio_buffer.append', audio });
    realtime.send({ type: 'input_audio_buffer.commit' });
    const { transcript } = await realtime.emitted('conversation.item.input_audio_transcription.completed');
    expect(missing(transcript, fixtures[2]!)).toBeLessThanOrEqual(3);
    realtime.close();
    await once(realtime.socket, 'close');
  });

  it('gets a refusal as an error event, and goes on', async () => {
    const realtime = connect('default');
    const errors: unknown[] = [];
    realtime.on('error', ({ error }) => errors.push(error));
    await realtime.emitted('session.created');
    realtime.send({ type: 'input_audio_buffer.commit', event_id: 'mine' });
    realtime.send({ type: 'input_audio_buffer.clear' });
    // Not by emitted(): that rejects at the first error.
    await new Promise((resolve) => realtime.on('input_audio_buffer.cleared', resolve));
    expect(errors).toMatchObject([{ code: 'input_audio_buffer_commit_empty', event_id: 'mine' }]);
    realtime.close();
    await once(realtime.socket, 'close');
  });

  it('gets an error at the handshake for an unknown model', async () => {
    const realtime = connect('gpt-realtime');
    const error = await new Promise<Error>((resolve) => realtime.on('error', resolve));
    expect(error.message).toContain('Unexpected server response: 404');
  });
});

describe('OpenAI’s client for browsers', () => {
  // Node 20 has no WebSocket of its own. The client is the one for browsers all the same: it sets no header, and
  // offers its key as a subprotocol.
  class BrowserSocket extends WebSocket {
    constructor(address: string, subprotocols: string[]) {
      super(address, subprotocols, { ca: proxy.ca });
    }
  }
  beforeEach(() => vi.stubGlobal('WebSocket', BrowserSocket));
  afterEach(() => vi.unstubAllGlobals());

  it('transcribes live with its key as a subprotocol', async () => {
    const realtime = new OpenAIRealtimeWebSocket({ model: 'default', dangerouslyAllowBrowser: true }, client);
    await realtime.emitted('session.created');
    expect(realtime.socket.protocol).toBe('realtime');
    for (const audio of [...base64Pieces(fixtures[1]!.pcm), silence]) {
      realtime.send({ type: 'input_audio_buffer.append', audio });
    }
    const { transcript } = await realtime.emitted('conversation.item.input_audio_transcription.completed');
    expect(missing(transcript, fixtures[1]!)).toBeLessThanOrEqual(2);
    realtime.close();
    await until(() => realtime.socket.readyState === WebSocket.CLOSED);
  });
});
