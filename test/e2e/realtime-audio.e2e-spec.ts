import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Recognizer } from '../../src/recognition/recognizer.js';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { RealtimeClient, expectSound } from '../support/realtime-client.js';
import { converted, missing } from '../support/spoken.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { until } from '../support/transcribe.js';

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

describe('the audio', () => {
  it.each([
    [{ type: 'audio/pcm', rate: 8_000 }, 8_000, 'pcm'],
    [{ type: 'audio/pcm' }, 24_000, 'pcm'],
    [{ type: 'audio/pcm', rate: 48_000 }, 48_000, 'pcm'],
    [{ type: 'audio/pcmu' }, 8_000, 'mulaw'],
    [{ type: 'audio/pcma' }, 8_000, 'alaw'],
  ] as const)('may be %j, split anywhere', async (format, rate, encoding) => {
    const client = await open();
    await client.update({ format, turn_detection: null });
    client.append(converted(fixtures[0]!.pcm, rate, encoding), 3_333);
    client.send({ type: 'input_audio_buffer.commit' });
    const { transcript, usage } = await client.next('completed');
    await client.close();
    expect(missing(transcript as string, fixtures[0]!)).toBeLessThanOrEqual(4);
    expect((usage as { seconds: number }).seconds).toBeCloseTo(fixtures[0]!.pcm.length / 32_000, 2);
  });

  it('may come in appends of ten mebibytes, and closes the socket above seventeen', async () => {
    const client = await open();
    await client.update({ ...pcm16k, turn_detection: null });
    client.append(new Uint8Array(5 * 1_048_576), 5 * 1_048_576);
    client.append(fixtures[0]!.pcm);
    client.send({ type: 'input_audio_buffer.commit' });
    const { transcript } = await client.next('completed');
    expect(missing(transcript as string, fixtures[0]!)).toBeLessThanOrEqual(2);
    client.send({
      type: 'input_audio_buffer.append',
      audio: 'A'.repeat(15 * 1_048_576 + 4),
      event_id: 'large',
    });
    expect((await client.next('error'))['error']).toMatchObject({ param: 'audio', event_id: 'large' });
    client.send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(17 * 1_048_576) });
    expect(await client.closed).toBe(1009);
  });

  it('of many minutes in one append delays no other client, and keeps its own events in order', async () => {
    const client = await open();
    await client.update({ format: { type: 'audio/pcmu' }, turn_detection: null });
    // Ten minutes; 0xff is silence.
    const minutes = new Uint8Array(10 * 60 * 8_000).fill(0xff);
    client.append(minutes, minutes.length);
    client.append(converted(fixtures[1]!.pcm, 8_000, 'mulaw'));
    client.send({ type: 'input_audio_buffer.commit' });
    const other = await open();
    await other.update(pcm16k);
    expect(client.of('input_audio_buffer.committed')).toHaveLength(0);
    await other.close();
    const { transcript, usage } = await client.next('completed', 1, 110);
    expect(missing(transcript as string, fixtures[1]!)).toBeLessThanOrEqual(3);
    expect((usage as { seconds: number }).seconds).toBeGreaterThan(600);
    await client.close();
    expectSound(client);
  });

  it('of another kind is named, and the session takes the right one afterwards', async () => {
    const client = await open();
    await client.update({ ...pcm16k, turn_detection: null });
    client.append(Buffer.from('OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0OpusHead', 'latin1'));
    expect((await client.next('error'))['error']).toMatchObject({ code: 'AUDIO_UNSUPPORTED_FORMAT' });
    client.append(fixtures[0]!.pcm);
    client.send({ type: 'input_audio_buffer.commit' });
    expect(
      missing((await client.next('completed'))['transcript'] as string, fixtures[0]!),
    ).toBeLessThanOrEqual(2);
    await client.close();
  });
});

describe('refused audio', () => {
  const session = (input: object, more: object = {}) => ({
    type: 'session.update',
    event_id: 'mine',
    session: { type: 'transcription', audio: { input }, ...more },
  });
  const input = 'session.audio.input';

  it('is named, and changes nothing', async () => {
    const client = await open();
    const cases: readonly (readonly [object | string, string, string | null])[] = [
      ['{', 'INVALID_REQUEST', null],
      [{ type: 'response.create', event_id: 'mine' }, 'INVALID_FIELD', 'type'],
      [{ type: 'input_audio_buffer.append', audio: 'no base64', event_id: 'mine' }, 'INVALID_FIELD', 'audio'],
      [
        { type: 'conversation.item.retrieve', item_id: 'a', event_id: 'mine' },
        'UNSUPPORTED_FEATURE',
        'item_id',
      ],
      [session({ transcription: { model: 'gpt-9' } }), 'MODEL_NOT_FOUND', `${input}.transcription.model`],
      [
        session({ transcription: { language: 'de' } }),
        'UNSUPPORTED_FEATURE',
        `${input}.transcription.language`,
      ],
      [session({ turn_detection: { threshold: 2 } }), 'INVALID_FIELD', `${input}.turn_detection.threshold`],
      [
        session({ turn_detection: { eagerness: 'low' } }),
        'INVALID_FIELD',
        `${input}.turn_detection.eagerness`,
      ],
      [session({ format: { type: 'audio/opus' } }), 'INVALID_FIELD', `${input}.format.type`],
      [session({}, { include: ['moods'] }), 'INVALID_FIELD', 'session.include.0'],
      // One part of an update that is wrong, and the others are not done either.
      [
        session({ format: { type: 'audio/pcmu' }, transcription: { language: 'de' } }),
        'UNSUPPORTED_FEATURE',
        `${input}.transcription.language`,
      ],
    ];
    for (const [at, [message, code, param]] of cases.entries()) {
      if (typeof message === 'string') client.socket.send(message);
      else client.send(message);
      const { error } = await client.next('error', at + 1);
      const eventId = typeof message === 'string' ? null : 'mine';
      expect(error).toMatchObject({ type: 'invalid_request_error', code, param, event_id: eventId });
    }
    client.socket.send(Buffer.alloc(320));
    expect((await client.next('error', cases.length + 1))['error']).toMatchObject({
      code: 'INVALID_REQUEST',
    });
    const [created] = client.of('session.created');
    expect((await client.update({}))['session']).toEqual(created?.['session']);
    await client.close();
    expectSound(client);
  });
});

describe('the shape of the beta', () => {
  it('is taken and given, with its one event for an item', async () => {
    const client = await open(running.url, '?model=whisper-1', { headers: { 'OpenAI-Beta': 'realtime=v1' } });
    client.send({
      type: 'transcription_session.update',
      session: {
        input_audio_format: 'g711_ulaw',
        input_audio_transcription: { model: 'whisper-1', language: 'en', prompt: '' },
        input_audio_noise_reduction: { type: 'near_field' },
        turn_detection: null,
        include: ['item.input_audio_transcription.logprobs'],
      },
    });
    expect((await client.next('transcription_session.updated'))['session']).toMatchObject({
      input_audio_format: 'g711_ulaw',
      input_audio_transcription: { model: 'moonshine-tiny-en', language: 'en' },
      input_audio_noise_reduction: { type: 'near_field' },
      turn_detection: null,
      include: ['item.input_audio_transcription.logprobs'],
    });
    client.append(converted(fixtures[1]!.pcm, 8_000, 'mulaw'));
    client.send({ type: 'input_audio_buffer.commit' });
    const completed = await client.next('completed');
    const session = { input_audio_transcription: { language: 'de' } };
    client.send({ type: 'transcription_session.update', session });
    expect((await client.next('error'))['error']).toMatchObject({
      param: 'session.input_audio_transcription.language',
    });
    await client.close();
    expectSound(client);
    expect(client.typesOf(completed.item_id).filter((type) => type !== 'delta')).toEqual([
      'input_audio_buffer.committed',
      'conversation.item.created',
      'completed',
    ]);
    const logprobs = completed['logprobs'] as readonly { token: string; logprob: number; bytes: number[] }[];
    expect(
      logprobs
        .map(({ token }) => token)
        .join('')
        .trim(),
    ).toBe(completed['transcript']);
    expect(
      Buffer.from(logprobs.flatMap(({ bytes }) => bytes))
        .toString('utf8')
        .trim(),
    ).toBe(completed['transcript']);
  });
});

describe('a client that goes away', () => {
  it('leaves no stream behind, whether it closes or vanishes', async () => {
    const recognizer = running.app.get(Recognizer);
    for (const end of ['close', 'terminate'] as const) {
      const client = await open();
      await client.update(pcm16k);
      client.append(fixtures[0]!.pcm.subarray(0, 64_000));
      await client.next('input_audio_buffer.speech_started');
      expect(recognizer.liveStreams.open).toBeGreaterThan(0);
      client.socket[end]();
      await client.closed;
      await until(() => recognizer.liveStreams.open === 0);
    }
  });

  it('cannot make the service hold more than a few streams, or answers without end', async () => {
    const recognizer = running.app.get(Recognizer);
    const client = await open();
    await client.update(pcm16k);
    for (let change = 0; change < 40; change++) {
      client.append(fixtures[0]!.pcm.subarray(0, 32_000));
      client.send({
        type: 'session.update',
        session: { audio: { input: { turn_detection: { silence_duration_ms: 400 + change } } } },
      });
    }
    await client.next('error');
    expect(client.of('error')[0]?.['error']).toMatchObject({ code: 'QUEUE_FULL' });
    expect(recognizer.liveStreams.open).toBeLessThanOrEqual(4);
    await until(() => client.of('error').length + client.of('session.updated').length === 41, 60);
    await until(() => client.of('completed').length === client.of('input_audio_buffer.committed').length, 60);
    await client.close();
    await until(() => recognizer.liveStreams.open === 0);
    expectSound(client);
  });

  it('waits with its own events where it does not read', async () => {
    // The least that all sockets together may have waiting in the service.
    const small = await startApp({ MAX_HELD_BYTES: '1048576', MAX_UPLOAD_BYTES: '1048576' });
    const client = await open(small.url);
    await client.next('session.created');
    client.socket.pause();
    const event = JSON.stringify({ type: 'session.update', event_id: 'e'.repeat(500), session: {} });
    const asked = 40_000;
    for (let sent = 0; sent < asked; sent++) client.socket.send(event);
    // Its events stay on its own side, behind what the network holds.
    await untilStill(() => client.socket.bufferedAmount);
    expect(client.socket.bufferedAmount).toBeGreaterThan(0);
    client.socket.resume();
    await until(() => client.of('session.updated').length === asked, 60);
    await client.close();
    await small.close();
  });
});

/** Waits until a number has been the same for two hundred turns of the event loop that both ends share, 5 ms apart. */
async function untilStill(read: () => number): Promise<void> {
  let last = read();
  for (let unchanged = 0; unchanged < 200; unchanged++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (read() !== last) unchanged = -1;
    last = read();
  }
}
