import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { RealtimeClient, expectSound } from '../support/realtime-client.js';
import { missing } from '../support/spoken.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { until } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';

let running: RunningApp;
let fixtures: readonly Recording[];
beforeAll(async () => {
  running = await startApp({ MODEL_ALIASES: 'whisper-1=moonshine-tiny-en' });
  fixtures = await fixtureRecordings();
});
afterAll(() => running.close());

const open = (...more: Parameters<typeof RealtimeClient.open> | []): Promise<RealtimeClient> =>
  RealtimeClient.open(more[0] ?? running.url, more[1], more[2]);

const pcm16k = { format: { type: 'audio/pcm', rate: 16_000 } };
const silence = (seconds: number): Uint8Array => new Uint8Array(seconds * 32_000);
const transcripts = (client: RealtimeClient): string[] =>
  client.of('completed').map(({ transcript }) => transcript as string);
const deltasOf = (client: RealtimeClient, id: string | undefined): string =>
  client
    .of('delta')
    .filter((event) => event.item_id === id)
    .map(({ delta }) => delta as string)
    .join('');

async function paced(client: RealtimeClient, pcm: Uint8Array, speed: number): Promise<void> {
  for (let at = 0; at < pcm.length; at += 3_200) {
    client.append(pcm.subarray(at, at + 3_200));
    await new Promise((resolve) => setTimeout(resolve, 100 / speed));
  }
}

describe('a session with server_vad', () => {
  it('reports each utterance in OpenAI’s order, under one id', async () => {
    const client = await open();
    const [created] = client.events.length > 0 ? client.events : [await client.next('session.created')];
    const { session } = created as unknown as { session: { id: string; expires_at: number } };
    expect(session).toMatchObject({
      type: 'transcription',
      object: 'realtime.transcription_session',
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: 24_000 },
          transcription: { model: 'moonshine-tiny-en' },
          noise_reduction: null,
          turn_detection: {
            type: 'server_vad',
            threshold: 0.5,
            prefix_padding_ms: 300,
            silence_duration_ms: 500,
            idle_timeout_ms: null,
          },
        },
      },
      include: [],
    });
    expect(Math.abs(session.expires_at - Date.now() / 1_000 - 14_400)).toBeLessThan(60);
    const updated = await client.update({ ...pcm16k, turn_detection: { silence_duration_ms: 600 } });
    expect(updated['session']).toMatchObject({
      id: session.id,
      audio: { input: { ...pcm16k, turn_detection: { threshold: 0.5, silence_duration_ms: 600 } } },
    });
    for (const { pcm } of fixtures.slice(0, 2)) {
      await paced(client, pcm, 2);
      client.append(silence(1));
    }
    await client.next('completed', 2);
    await client.close();
    expectSound(client);
    const [first, second] = client.of('completed');
    expect(missing(first?.['transcript'] as string, fixtures[0]!)).toBeLessThanOrEqual(2);
    expect(missing(second?.['transcript'] as string, fixtures[1]!)).toBeLessThanOrEqual(2);
    for (const { item_id: id } of [first!, second!]) {
      expect(client.typesOf(id).filter((type) => type !== 'delta')).toEqual([
        'input_audio_buffer.speech_started',
        'input_audio_buffer.speech_stopped',
        'input_audio_buffer.committed',
        'conversation.item.added',
        'conversation.item.done',
        'completed',
      ]);
    }
    // Somebody who reads along does not wait for the end of the sentence.
    const [types] = [client.typesOf(first?.item_id)];
    expect(types.indexOf('delta')).toBeLessThan(types.indexOf('input_audio_buffer.speech_stopped'));
    const [started, stopped] = ['speech_started', 'speech_stopped'].map((type) =>
      client.of(`input_audio_buffer.${type}`).map((event) => event),
    );
    const startMs = started?.map((event) => event['audio_start_ms'] as number) ?? [];
    const endMs = stopped?.map((event) => event['audio_end_ms'] as number) ?? [];
    const times = [startMs[0]!, endMs[0]!, startMs[1]!, endMs[1]!];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const boundaryMs = fixtures[0]!.pcm.length / 32;
    expect(endMs[0]).toBeLessThanOrEqual(boundaryMs + 50);
    expect(startMs[1]).toBeGreaterThan(boundaryMs);
    expect(first?.['usage']).toEqual({ type: 'duration', seconds: (endMs[0]! - startMs[0]!) / 1_000 });
  });

  it('sends deltas that are only appended to, and are the transcript where nothing was revised', async () => {
    const client = await open();
    await client.update(pcm16k);
    client.append(fixtures[0]!.pcm);
    client.append(silence(1));
    const { item_id: id, transcript } = await client.next('completed');
    await client.close();
    const words = wordsOf(deltasOf(client, id));
    const said = new Set(wordsOf(transcript as string));
    expect(words.filter((word) => !said.has(word)).length).toBeLessThanOrEqual(3);
    expect(words.length).toBeGreaterThan(wordsOf(transcript as string).length - 3);
  });

  it('ends the utterance where the client commits, and takes silence too', async () => {
    const client = await open();
    await client.update(pcm16k);
    client.append(fixtures[2]!.pcm);
    client.send({ type: 'input_audio_buffer.commit' });
    client.append(silence(0.5));
    client.send({ type: 'input_audio_buffer.commit' });
    client.append(silence(0.05));
    client.send({ type: 'input_audio_buffer.commit', event_id: 'short' });
    const { error } = await client.next('error');
    await client.next('completed', 2);
    await client.close();
    expectSound(client);
    const texts = transcripts(client);
    expect(missing(texts.join(' '), fixtures[2]!)).toBeLessThanOrEqual(2);
    expect(texts.at(-1)).toBe('');
    expect(error).toMatchObject({
      type: 'invalid_request_error',
      code: 'input_audio_buffer_commit_empty',
      event_id: 'short',
      message: expect.stringMatching(
        /buffer too small. Expected at least 100ms of audio, but .* has 5\d\.\d\dms/,
      ) as string,
    });
  });

  it('forgets an utterance that is cleared', async () => {
    const client = await open();
    await client.update(pcm16k);
    client.append(fixtures[0]!.pcm.subarray(0, 64_000));
    await client.next('input_audio_buffer.speech_started');
    client.send({ type: 'input_audio_buffer.clear' });
    await client.next('input_audio_buffer.cleared');
    client.append(silence(1));
    client.append(fixtures[1]!.pcm);
    client.append(silence(1));
    await client.next('completed');
    await client.close();
    expectSound(client);
    expect(missing(transcripts(client)[0], fixtures[1]!)).toBeLessThanOrEqual(2);
  });

  it('commits an empty item after the idle timeout', async () => {
    const client = await open();
    await client.update({ ...pcm16k, turn_detection: { idle_timeout_ms: 1_000 } });
    const timedOut = client.next('input_audio_buffer.timeout_triggered');
    void (async () => {
      for (let piece = 0; piece < 600 && client.of('completed').length === 0; piece++) {
        await paced(client, silence(0.1), 2);
      }
    })();
    const { item_id: id, audio_start_ms: start, audio_end_ms: end } = await timedOut;
    expect(start).toBe(0);
    expect(end).toBeGreaterThanOrEqual(1_000);
    expect((await client.next('completed')).item_id).toBe(id);
    await client.close();
  });
});

describe('a session with semantic_vad', () => {
  it('waits for more silence the less eager it is', async () => {
    const pause = silence(0.6);
    const items: number[] = [];
    for (const eagerness of ['high', 'low']) {
      const client = await open();
      await client.update({ ...pcm16k, turn_detection: { type: 'semantic_vad', eagerness } });
      for (const { pcm } of fixtures.slice(0, 2)) {
        client.append(pcm);
        client.append(pause);
      }
      client.append(silence(2));
      const words = (): number => wordsOf(transcripts(client).join(' ')).length;
      await until(() => words() > 25, 60);
      items.push(transcripts(client).filter((text) => text !== '').length);
      await client.close();
      expectSound(client);
    }
    expect(items[0]).toBeGreaterThan(items[1]!);
    expect(items[1]).toBe(1);
  });
});

describe('a session without turn detection', () => {
  it('makes an item of all that is appended between commits', async () => {
    const client = await open();
    const updated = await client.update({ ...pcm16k, turn_detection: null });
    expect(updated['session']).toMatchObject({ audio: { input: { turn_detection: null } } });
    client.append(fixtures[0]!.pcm);
    client.append(silence(2));
    client.append(fixtures[1]!.pcm);
    client.send({ type: 'input_audio_buffer.commit' });
    client.append(fixtures[2]!.pcm);
    client.send({ type: 'input_audio_buffer.commit' });
    await client.next('completed', 2);
    await client.close();
    expectSound(client);
    expect(client.of('input_audio_buffer.speech_started')).toHaveLength(0);
    const [first, second] = client.of('completed');
    for (const recording of fixtures.slice(0, 2)) {
      expect(missing(first?.['transcript'] as string, recording)).toBeLessThanOrEqual(2);
    }
    expect(missing(second?.['transcript'] as string, fixtures[2]!)).toBeLessThanOrEqual(3);
    const seconds = (fixtures[0]!.pcm.length + fixtures[1]!.pcm.length) / 32_000 + 2;
    expect((first?.['usage'] as { seconds: number }).seconds).toBeCloseTo(seconds, 2);
  });

  it('sends deltas before anything is committed', async () => {
    const client = await open();
    await client.update({ ...pcm16k, turn_detection: null });
    client.append(fixtures[0]!.pcm);
    client.append(silence(2));
    const { item_id: id } = await client.next('delta');
    expect(client.of('input_audio_buffer.committed')).toHaveLength(0);
    client.send({ type: 'input_audio_buffer.commit' });
    expect((await client.next('completed')).item_id).toBe(id);
    await client.close();
    expectSound(client);
  });

  it('refuses an empty commit, and forgets cleared audio', async () => {
    const client = await open();
    client.send({ type: 'input_audio_buffer.commit', event_id: 'none' });
    client.send({ type: 'input_audio_buffer.clear' });
    await client.update({ ...pcm16k, turn_detection: null });
    client.append(fixtures[0]!.pcm);
    client.send({ type: 'input_audio_buffer.clear' });
    client.send({ type: 'input_audio_buffer.commit', event_id: 'cleared' });
    client.append(silence(0.2));
    client.send({ type: 'input_audio_buffer.commit' });
    await client.next('completed');
    await client.close();
    expectSound(client);
    expect(client.of('error').map(({ error }) => (error as { event_id: string }).event_id)).toEqual([
      'none',
      'cleared',
    ]);
    expect(client.of('input_audio_buffer.cleared')).toHaveLength(2);
    expect(transcripts(client)).toEqual(['']);
  });
});

describe('a change in the middle of a session', () => {
  it('ends the current utterance, and the times go on', async () => {
    const client = await open();
    await client.update({ ...pcm16k, turn_detection: null });
    client.append(fixtures[0]!.pcm);
    await client.update({ turn_detection: { type: 'server_vad' } });
    client.append(fixtures[1]!.pcm);
    client.append(silence(1));
    client.append(fixtures[2]!.pcm);
    await client.update({ turn_detection: null });
    client.append(fixtures[3]!.pcm);
    client.send({ type: 'input_audio_buffer.commit' });
    await until(() => missing(transcripts(client).at(-1), fixtures[3]!) <= 3, 60);
    await client.close();
    expectSound(client);
    const order = client.of('completed').map(({ item_id: id }) => id);
    expect(
      client
        .of('input_audio_buffer.committed')
        .map(({ item_id: id }) => id)
        .sort(),
    ).toEqual([...order].sort());
    for (const [at, recording] of fixtures.entries()) {
      expect(missing(transcripts(client).join(' '), recording), `recording ${at}`).toBeLessThanOrEqual(3);
    }
    const startMs = client.of('input_audio_buffer.speech_started')[0]?.['audio_start_ms'] as number;
    expect(startMs).toBeGreaterThanOrEqual(Math.floor(fixtures[0]!.pcm.length / 32) - 1);
  });

  it('may not be one of the format', async () => {
    const client = await open();
    await client.update(pcm16k);
    client.append(silence(0.1));
    const session = { type: 'transcription', audio: { input: { format: { type: 'audio/pcmu' } } } };
    client.send({ type: 'session.update', event_id: 'late', session });
    const { error } = await client.next('error');
    expect(error).toMatchObject({
      code: 'INVALID_FIELD',
      param: 'session.audio.input.format',
      event_id: 'late',
    });
    // The same format again is none.
    await client.update(pcm16k);
    await client.close();
  });
});
