import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricDefinitions } from '../../src/metrics/metric-definitions.js';
import { labels } from '../../src/metrics/metric-kinds.js';
import type { LabelName, MetricDefinition, MetricKind } from '../../src/metrics/metric-kinds.js';
import { RecognitionEngine } from '../../src/recognition/recognition-engine.js';
import { ListenClient, refusalOf } from '../support/listen-client.js';
import { readSamples, valueOf } from '../support/prometheus-text.js';
import type { Sample } from '../support/prometheus-text.js';
import { RealtimeClient } from '../support/realtime-client.js';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe, until } from '../support/transcribe.js';
import { wav } from '../support/wav-writer.js';
import { wordsOf } from '../support/words.js';

const second = 32_000;
const protocols = ['openai-rest', 'openai-realtime', 'deepgram-rest', 'deepgram-live'];
const query = 'encoding=linear16&sample_rate=16000&interim_results=true';
let running: RunningApp;
let recording: Recording;
let seconds: number;
let text: string;
let samples: readonly Sample[];

async function scrape(): Promise<string> {
  const response = await fetch(`${running.url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return response.text();
}

const placeIsFree = async (): Promise<boolean> =>
  valueOf(readSamples(await scrape()), 'hearken_places_used', { kind: 'stream' }) === 0;

/** In pieces of 100 ms, four times as fast as it was spoken. */
async function sendSpeech(client: ListenClient, pcm: Uint8Array): Promise<void> {
  for (let at = 0; at < pcm.length; at += 3_200) {
    client.send(pcm.subarray(at, at + 3_200));
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const value = (name: string, of: Readonly<Record<string, string>> = {}): number | undefined =>
  valueOf(samples, name, of);

beforeAll(async () => {
  running = await startApp({ WORKERS: '1', MAX_STREAMS: '1' });
  const { url } = running;
  recording = (await fixtureRecordings())[0]!;
  seconds = recording.pcm.length / second;
  // Three recordings, one of them silent.
  expect((await transcribe(url, recording.file)).status).toBe(200);
  expect(await transcribe(url, wav(new Uint8Array(2 * second)))).toEqual({ status: 200, text: '' });
  const listened = await fetch(`${url}/v1/listen`, {
    method: 'POST',
    body: Uint8Array.from(recording.file),
  });
  expect(listened.status).toBe(200);
  // Refusals, and one client that leaves.
  expect((await transcribe(url, new TextEncoder().encode('not audio at all'))).status).toBe(415);
  expect((await fetch(`${url}/v1/listen?model=nobody`, { method: 'POST', body: 'a' })).status).toBe(400);
  expect((await fetch(`${url}/v1/nothing`)).status).toBe(404);
  const gone = new AbortController();
  const left = fetch(`${url}/v1/listen`, {
    method: 'POST',
    body: wav(new Uint8Array(600 * second)),
    signal: gone.signal,
  });
  setTimeout(() => gone.abort(), 100);
  await expect(left).rejects.toThrow();
  // Live: the only place is taken while another asks.
  const first = await ListenClient.open(url, query);
  expect((await refusalOf(url, query)).status).toBe(503);
  expect((await first.finish()).code).toBe(1000);
  await until(placeIsFree);
  const live = await ListenClient.open(url, query);
  await sendSpeech(live, Buffer.concat([recording.pcm, new Uint8Array(second)]));
  expect((await live.finish()).code).toBe(1000);
  expect(live.text()).toMatch(/dashwood/i);
  await until(placeIsFree);
  const realtime = await RealtimeClient.open(url);
  await realtime.update({ format: { type: 'audio/pcm', rate: 16_000 }, turn_detection: null });
  realtime.append(recording.pcm);
  realtime.send({ type: 'input_audio_buffer.commit' });
  await realtime.next('completed');
  await realtime.close();
  await until(async () => {
    text = await scrape();
    samples = readSamples(text);
    return value('hearken_requests_total') === 10;
  });
});
afterAll(() => running.close());

describe('the metrics, after recordings, a live stream and refusals', () => {
  it('count exactly the audio that was sent, by protocol and model', () => {
    const of = (protocol: string): number | undefined =>
      value('hearken_audio_seconds_total', { protocol, model: 'moonshine-tiny-en', version: '1' });
    expect(of('openai-rest')).toBeCloseTo(seconds + 2, 2);
    expect(of('deepgram-rest')).toBeCloseTo(seconds, 2);
    expect(of('deepgram-live')).toBeCloseTo(seconds + 1, 2);
    expect(of('openai-realtime')).toBeCloseTo(seconds, 2);
  });

  it('count how requests and sockets ended, and why they were refused', () => {
    const ended = (protocol: string, outcome: string): number | undefined =>
      value('hearken_requests_total', { protocol, outcome });
    expect(ended('openai-rest', 'ok')).toBe(2);
    expect(ended('openai-rest', 'refused')).toBe(1);
    expect(ended('deepgram-rest', 'ok')).toBe(1);
    expect(ended('deepgram-rest', 'refused')).toBe(1);
    expect(ended('deepgram-rest', 'cancelled')).toBe(1);
    expect(ended('deepgram-live', 'refused')).toBe(1);
    expect(ended('deepgram-live', 'ok')).toBe(2);
    expect(ended('openai-realtime', 'ok')).toBe(1);
    expect(value('hearken_requests_total', { outcome: 'failed' })).toBe(0);
    expect(value('hearken_refusals_total')).toBe(3);
    for (const [protocol, reason] of [
      ['openai-rest', 'AUDIO_UNSUPPORTED_FORMAT'],
      ['deepgram-rest', 'MODEL_NOT_FOUND'],
      ['deepgram-live', 'NO_CAPACITY'],
    ] as const) {
      expect(value('hearken_refusals_total', { protocol, reason }), reason).toBe(1);
    }
    expect(value('hearken_empty_transcripts_total', { protocol: 'openai-rest' })).toBe(1);
  });

  it('time the work, and the latency of live audio', () => {
    const model = 'moonshine-tiny-en';
    const decodes = value('hearken_compute_seconds_count', { model, priority: 'recording' })!;
    expect(decodes).toBeGreaterThanOrEqual(2);
    expect(value('hearken_queue_wait_seconds_count', { model, priority: 'recording' })).toBe(decodes);
    expect(value('hearken_rtf_count')).toBeGreaterThan(decodes);
    const rtf = value('hearken_rtf_sum')! / value('hearken_rtf_count')!;
    expect(rtf).toBeGreaterThan(0.001);
    expect(rtf).toBeLessThan(5);
    const protocol = 'deepgram-live';
    for (const spoken of [protocol, 'openai-realtime']) {
      const finals = value('hearken_final_latency_seconds_count', { protocol: spoken })!;
      expect(finals).toBeGreaterThanOrEqual(1);
      expect(value('hearken_final_latency_seconds_sum', { protocol: spoken })! / finals).toBeLessThan(30);
    }
    expect(value('hearken_time_to_first_partial_seconds_count', { protocol })).toBeGreaterThanOrEqual(1);
    // The first partial is made of a third of a second of speech, here sent four times as fast as it was spoken.
    expect(value('hearken_time_to_first_partial_seconds_sum', { protocol })).toBeGreaterThan(0.05);
  });

  it('time requests with a recording by how they ended, and what a client waits for after its upload', () => {
    const duration = 'hearken_request_duration_seconds';
    const delay = 'hearken_answer_delay_seconds';
    const ended = { protocol: 'openai-rest', outcome: 'ok' };
    expect(value(`${duration}_count`, ended)).toBe(2);
    expect(value(`${duration}_count`, { protocol: 'deepgram-rest', outcome: 'cancelled' })).toBe(1);
    expect(value(`${delay}_count`, { protocol: 'openai-rest' })).toBe(2);
    expect(value(`${delay}_count`, { protocol: 'deepgram-rest' })).toBe(1);
    const waited = value(`${delay}_sum`, { protocol: 'openai-rest' })!;
    expect(waited).toBeGreaterThan(0.01);
    expect(waited).toBeLessThanOrEqual(value(`${duration}_sum`, ended)!);
    // Sockets last as long as somebody speaks: six requests, and none of the four sockets.
    expect(value(`${duration}_count`)).toBe(6);
  });

  it('report the capacity and the part that is in use', () => {
    expect(value('hearken_places_total', { kind: 'stream' })).toBe(1);
    expect(value('hearken_places_total', { kind: 'request' })).toBe(64);
    expect(value('hearken_places_used', { kind: 'stream' })).toBe(0);
    expect(value('hearken_places_used', { kind: 'request' })).toBe(0);
    // One more than WORKERS: the spare one.
    expect(value('hearken_workers_ready')).toBe(2);
    expect(value('hearken_workers_wanted')).toBe(2);
    expect(value('hearken_queued_segments')).toBe(0);
    expect(value('hearken_stream_lag_seconds')).toBe(0);
    expect(value('hearken_shutting_down')).toBe(0);
    expect(value('hearken_build_info', { model: 'moonshine-tiny-en', model_version: '1' })).toBe(1);
    expect(value('hearken_worker_restarts_total', { pool: 'decoding' })).toBe(0);
    expect(value('hearken_event_loop_delay_seconds', { quantile: 'max' })).toBeGreaterThanOrEqual(0);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    if (process.platform !== 'linux') return;
    for (const name of labels.process) {
      expect(value('hearken_processes_resident_memory_bytes', { process: name }), name).toBeGreaterThan(1e7);
    }
  });

  it('have only labels and values that are defined', () => {
    const definitions = Object.values<MetricDefinition<MetricKind, LabelName>>(metricDefinitions);
    const own = samples.filter(({ name }) => name.startsWith('hearken_'));
    const named = ['1', '0.1.0', 'moonshine-tiny-en', 'silero-vad', '6', 'rq', 'float'];
    for (const sample of own) {
      const base = sample.name.replace(/_(bucket|sum|count)$/, '');
      const definition = definitions.find(({ name }) => name === sample.name || name === base);
      expect(definition, sample.name).toBeDefined();
      for (const [label, value] of Object.entries(sample.labels)) {
        if (label === 'le') continue;
        expect(definition!.labels, sample.name).toContain(label);
        if (label === 'bucket') {
          expect(value).toMatch(/^(\+Inf|-?\d+(\.\d+)?|[a-z][a-z0-9-]*)$/);
          continue;
        }
        const values: string | readonly string[] = { ...labels, protocol: protocols }[label as LabelName];
        expect(typeof values === 'string' ? named : values).toContain(value);
      }
    }
    for (const { name } of definitions) expect(text).toContain(`# TYPE ${name} `);
  });

  it('hold no word that was said, and no request', () => {
    const said = wordsOf(recording.text).filter((word) => word.length > 5);
    expect(said.length).toBeGreaterThan(3);
    for (const word of said) expect(text.toLowerCase()).not.toContain(word);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });

  it('are what promtool takes for metrics', ({ skip }) => {
    skip(spawnSync('promtool', ['--version']).error !== undefined, 'promtool is not installed');
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    // 3: it can be read, and promtool would name something else.
    expect([0, 3], stderr).toContain(status);
    const complained = stderr.split('\n').filter((line) => line.startsWith('hearken_'));
    const names = new Set(complained.map((line) => line.split(' ', 1)[0]));
    // A total of places is no counter, and the quantile of a gauge no summary's; both say what they are.
    expect([...names].sort()).toEqual(['hearken_event_loop_delay_seconds', 'hearken_places_total']);
  });
});

describe('the metrics of a service that', () => {
  it('lost a worker count its replacement', async () => {
    const [pid] = running.app.get(RecognitionEngine).processIds.decoding;
    execFileSync('kill', ['-9', String(pid)]);
    await until(async () => {
      const now = readSamples(await scrape());
      return (
        valueOf(now, 'hearken_worker_restarts_total', { pool: 'decoding' }) === 1 &&
        valueOf(now, 'hearken_workers_ready') === 2
      );
    }, 60);
  });

  it('has METRICS_ENABLED=false are not there', async () => {
    const other = await startApp({ METRICS_ENABLED: 'false', WORKERS: '1' });
    const response = await fetch(`${other.url}/metrics`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'NOT_FOUND' } });
    await other.close();
  });
});
