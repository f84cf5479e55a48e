import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient } from '../support/listen-client.js';
import { RealtimeClient } from '../support/realtime-client.js';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { startApp } from '../support/start-app.js';
import { TraceCollector } from '../support/trace-collector.js';
import type { CollectedSpan } from '../support/trace-collector.js';
import { wordsOf } from '../support/words.js';

const key = 'key-of-the-trace-test';
const authorization = `Bearer ${key}`;
const keys = { API_KEYS: `search=${createHash('sha256').update(key).digest('hex')}` };
/** Of a client that is in a trace of its own. */
const clientTrace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const traceparent = `00-${clientTrace.traceId}-${clientTrace.spanId}-01`;

let recording: Recording;

async function post(url: string, file: Uint8Array, headers: Record<string, string>): Promise<Response> {
  const form = new FormData();
  form.append('file', new Blob([Uint8Array.from(file)]), 'a.wav');
  return fetch(`${url}/v1/audio/transcriptions?secret=query`, { method: 'POST', body: form, headers });
}

/** What is loaded of OpenTelemetry, besides its API, which prom-client loads in any case. */
const loaded = (): string[] =>
  Object.keys(createRequire(import.meta.url).cache).filter((path) => /@opentelemetry\/(?!api\/)/.test(path));

beforeAll(async () => {
  recording = (await fixtureRecordings())[0]!;
});

describe('without a collector', () => {
  it('nothing of OpenTelemetry’s SDK is loaded', async () => {
    const running = await startApp({ WORKERS: '1' });
    await running.close();
    expect(loaded()).toEqual([]);
  });
});

describe('with a collector', () => {
  let collector: TraceCollector;
  let requestId: string;
  const children = (parent: CollectedSpan): readonly CollectedSpan[] =>
    collector.spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId);
  const only = (spans: readonly CollectedSpan[]): CollectedSpan => {
    expect(spans).toHaveLength(1);
    return spans[0]!;
  };

  beforeAll(async () => {
    collector = await TraceCollector.start();
    const running = await startApp({
      WORKERS: '1',
      ...keys,
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=seven',
      OTEL_SERVICE_NAME: 'search-speech',
      // Only clients that are traced themselves, and what they do.
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    const answered = await post(running.url, recording.file, { authorization, traceparent });
    expect(answered.status).toBe(200);
    requestId = answered.headers.get('x-request-id') ?? '';
    const notTraced = await post(running.url, recording.file, { authorization });
    expect(notTraced.status).toBe(200);
    expect((await post(running.url, recording.file, { traceparent })).status).toBe(401);
    const broken = await post(running.url, recording.file, { authorization, traceparent: 'no-trace' });
    expect(broken.status).toBe(200);
    const query = 'encoding=linear16&sample_rate=16000&interim_results=true';
    const live = await ListenClient.open(running.url, query, { headers: { authorization, traceparent } });
    live.sendInPieces(Buffer.concat([recording.pcm, new Uint8Array(32_000)]), 3_200);
    expect((await live.finish()).code).toBe(1000);
    expect(live.text()).toMatch(/dashwood/i);
    const realtime = await RealtimeClient.open(running.url, undefined, {
      headers: { authorization, traceparent },
    });
    await realtime.update({ format: { type: 'audio/pcm', rate: 16_000 }, turn_detection: null });
    realtime.append(recording.pcm);
    realtime.send({ type: 'input_audio_buffer.commit' });
    await realtime.next('completed');
    await realtime.close();
    await running.close();
  });
  afterAll(() => collector.stop());

  it('a request is a span in the trace of its client, with its decodes and their waits below it', () => {
    expect(loaded().length).toBeGreaterThan(0);
    const requests = collector.named('POST /v1/audio/transcriptions');
    const request = only(requests.filter(({ attributes }) => attributes['hearken.outcome'] === 'ok'));
    expect(request).toMatchObject({ traceId: clientTrace.traceId, parentSpanId: clientTrace.spanId });
    expect(request.resource).toMatchObject({ 'service.name': 'search-speech', 'service.version': '0.1.0' });
    expect(request.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/v1/audio/transcriptions',
      'http.response.status_code': 200,
      'hearken.protocol': 'openai-rest',
      'hearken.request_id': requestId,
    });
    const below = children(request);
    expect(new Set(below.map(({ name }) => name))).toEqual(new Set(['queue', 'decode']));
    const decodes = below.filter(({ name }) => name === 'decode');
    expect(decodes.length).toBe(below.length / 2);
    for (const decode of decodes) {
      expect(decode.traceId).toBe(clientTrace.traceId);
      expect(decode.attributes).toMatchObject({
        'hearken.model': 'moonshine-tiny-en',
        'hearken.priority': 'recording',
        'hearken.retried': false,
      });
      const lastsMs = decode.endMs - decode.startMs;
      expect(decode.attributes['hearken.compute_ms']).toBeGreaterThan(1);
      expect(decode.attributes['hearken.compute_ms']).toBeLessThan(lastsMs + 1);
      expect(decode.startMs).toBeGreaterThan(request.startMs - 1);
      expect(decode.endMs).toBeLessThan(request.endMs + 1);
      const queue = below.find(
        ({ name, endMs }) => name === 'queue' && Math.abs(endMs - decode.startMs) < 0.01,
      );
      expect(queue).toBeDefined();
      const waitedMs = decode.attributes['hearken.queue_ms'] as number;
      expect(Math.abs(queue!.endMs - queue!.startMs - waitedMs)).toBeLessThan(0.01);
    }
  });

  it('a refused request has its code', () => {
    const refused = only(
      collector.spans.filter(({ attributes }) => attributes['hearken.outcome'] === 'refused'),
    );
    expect(refused.attributes).toMatchObject({
      'http.response.status_code': 401,
      'error.type': 'UNAUTHENTICATED',
    });
    expect(refused.statusCode).toBe(0);
    expect(children(refused)).toEqual([]);
  });

  it.each([
    ['deepgram-live', 'GET /v1/listen', 1_000],
    ['openai-realtime', 'GET /v1/realtime', 0],
  ])('a socket of %s is a span, with its streams and decodes below it', (protocol, name, silenceMs) => {
    const socket = only(collector.named(name));
    expect(socket).toMatchObject({ traceId: clientTrace.traceId, parentSpanId: clientTrace.spanId });
    expect(socket.attributes).toMatchObject({
      'http.response.status_code': 101,
      'hearken.protocol': protocol,
      'hearken.outcome': 'ok',
    });
    const stream = only(children(socket).filter((child) => child.name === 'stream'));
    expect(stream.attributes['hearken.audio_ms']).toBeCloseTo(recording.pcm.length / 32 + silenceMs, 0);
    expect(children(socket).filter((child) => child.name === 'decode').length).toBeGreaterThan(0);
    expect(socket.startMs).toBeLessThan(stream.startMs);
  });

  it('unsampled traces are not sent, and a malformed trace header is ignored', () => {
    expect(collector.spans.every(({ traceId }) => traceId === clientTrace.traceId)).toBe(true);
    expect(collector.spans.filter(({ parentSpanId }) => parentSpanId === clientTrace.spanId)).toHaveLength(4);
  });

  it('no span holds text, a key or a query string', () => {
    expect(collector.headers['x-collector-key']).toBe('seven');
    const raw = collector.raw.toLowerCase();
    expect(raw).toContain('moonshine-tiny-en');
    const said = wordsOf(recording.text).filter((word) => word.length > 5);
    expect(said.length).toBeGreaterThan(3);
    for (const word of [...said, key, 'secret', 'interim_results']) expect(raw).not.toContain(word);
  });
});

describe('with a collector that is away', () => {
  it('requests are answered, and the service ends', async () => {
    const away = await TraceCollector.start();
    const { url } = away;
    away.stop();
    const running = await startApp({ WORKERS: '1', OTEL_EXPORTER_OTLP_ENDPOINT: url });
    expect((await post(running.url, recording.file, {})).status).toBe(200);
    await running.close();
  });
});
