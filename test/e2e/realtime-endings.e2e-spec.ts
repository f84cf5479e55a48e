import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { RealtimeClient } from '../support/realtime-client.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { wordsOf } from '../support/words.js';

let fixtures: readonly Recording[];
beforeAll(async () => {
  fixtures = await fixtureRecordings();
});
const pcm16k = { format: { type: 'audio/pcm', rate: 16_000 } };
const silence = (seconds: number): Uint8Array => new Uint8Array(seconds * 32_000);

/** The last word that a client has of its session. */
function lastTwo({ events }: RealtimeClient): unknown[] {
  return events
    .slice(-2)
    .map(({ type, error }) => [type.split('.').at(-1), (error as { code?: string })?.code]);
}

describe('a session of which nothing comes', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ REALTIME_IDLE_TIMEOUT_MS: '1000' });
  });
  afterAll(() => running.close());

  it('gets its text, a reason, and a regular close', async () => {
    const silent = await RealtimeClient.open(running.url);
    const client = await RealtimeClient.open(running.url);
    await client.update(pcm16k);
    client.append(fixtures[1]!.pcm);
    expect(await client.closed).toBe(1000);
    expect(lastTwo(client)).toEqual([
      ['completed', undefined],
      ['error', 'idle_timeout'],
    ]);
    expect(await silent.closed).toBe(1000);
    expect(silent.events.map(({ type }) => type)).toEqual(['session.created', 'error']);
  });
});

describe('a session that has reached its longest time', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp({ MAX_STREAM_SECONDS: '3' });
  });
  afterAll(() => running.close());

  it('has its end in session.created, and gets its text and a regular close', async () => {
    const client = await RealtimeClient.open(running.url);
    const { session } = (await client.next('session.created')) as unknown as {
      session: { expires_at: number };
    };
    expect(session.expires_at - Date.now() / 1_000).toBeLessThanOrEqual(3);
    await client.update({ ...pcm16k, turn_detection: null });
    client.append(fixtures[1]!.pcm);
    client.send({ type: 'input_audio_buffer.commit' });
    client.append(fixtures[0]!.pcm);
    expect(await client.closed).toBe(1001);
    expect(lastTwo(client)).toEqual([
      ['completed', undefined],
      ['error', 'session_expired'],
    ]);
    expect(client.of('completed')).toHaveLength(2);
  });
});

describe('a service that ends', () => {
  it('decodes the current utterance to its end, completes it, and asks the client to come again', async () => {
    const running = await startApp();
    const speaking = await RealtimeClient.open(running.url);
    const silent = await RealtimeClient.open(running.url);
    const manual = await RealtimeClient.open(running.url);
    await speaking.update(pcm16k);
    await manual.update({ ...pcm16k, turn_detection: null });
    const half = (fixtures[0]!.pcm.length >> 2) << 1;
    speaking.append(fixtures[0]!.pcm.subarray(0, half));
    await speaking.next('input_audio_buffer.speech_started');
    manual.append(fixtures[1]!.pcm);
    manual.send({ type: 'input_audio_buffer.commit' });
    await manual.next('input_audio_buffer.committed');
    const closed = running.close();
    expect(await silent.closed).toBe(1012);
    speaking.append(fixtures[0]!.pcm.subarray(half));
    speaking.append(silence(1));
    expect(await speaking.closed).toBe(1012);
    expect(await manual.closed).toBe(1012);
    await closed;
    const text = (client: RealtimeClient): string =>
      client
        .of('completed')
        .map(({ transcript }) => transcript as string)
        .join(' ');
    for (const [client, recording] of [
      [speaking, fixtures[0]!],
      [manual, fixtures[1]!],
    ] as const) {
      const heard = new Set(wordsOf(text(client)));
      expect(wordsOf(recording.text).filter((word) => !heard.has(word)).length).toBeLessThanOrEqual(2);
    }
  });

  it('does not wait longer than its grace for a talker who goes on', async () => {
    const running = await startApp({ SHUTDOWN_GRACE_MS: '1500' });
    const client = await RealtimeClient.open(running.url);
    await client.update(pcm16k);
    client.append(fixtures[0]!.pcm.subarray(0, 64_000));
    await client.next('input_audio_buffer.speech_started');
    const closed = running.close();
    expect(await client.closed).toBe(1012);
    await closed;
    expect(client.of('completed')).toHaveLength(1);
  });
});
