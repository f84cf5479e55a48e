import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeConnection } from '../../../test/support/fake-connection.js';
import { FakeRecognizer, segment } from '../../../test/support/fake-recognizer.js';
import { ScriptedStream } from '../../../test/support/scripted-stream.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ShutdownState } from '../../common/shutdown-state.js';
import { Configuration } from '../../config/configuration.js';
import { readEnvironment } from '../../config/environment.js';
import { LiveAudioFactory } from '../../normalization/live-audio.factory.js';
import { LiveWarnings } from '../../transcripts/warnings/live-warnings.js';
import { TransportObservers } from '../shared/transport-observer.js';
import { RealtimeSession } from './realtime-session.js';

const second = Buffer.alloc(48_000);
const append = (pcm: Buffer): object => ({
  type: 'input_audio_buffer.append',
  audio: pcm.toString('base64'),
});
const recognizer = new FakeRecognizer();

let connection: FakeConnection;
let shutdown: ShutdownState;
let streams: ScriptedStream[];

beforeEach(() => {
  connection = new FakeConnection();
  shutdown = new ShutdownState(60_000);
  streams = [];
  new RealtimeSession(connection, {
    recognizer: {
      createStream: () => {
        const stream = new ScriptedStream();
        streams.push(stream);
        return stream;
      },
    },
    liveAudio: new LiveAudioFactory(new Configuration(readEnvironment({}))),
    shutdown,
    inputWarnings: { forLiveInput: () => new LiveWarnings(() => Promise.resolve([]), -0.45) },
    observers: new TransportObservers(),
    defaults: {
      model: recognizer.models[0]!,
      modelName: undefined,
      chooseModel: (name) => recognizer.resolveModel(name),
      threshold: 0.5,
      silenceMs: 500,
    },
    maxSessionSeconds: 60,
    beta: false,
  }).start();
  expect(connection.sentTypes()).toEqual(['session.created']);
});

describe('RealtimeSession', () => {
  it('answers an event that is refused with an error that names it, and goes on', async () => {
    connection.receive({ type: 'input_audio_buffer.append', audio: '!', event_id: 'mine' });
    expect(connection.sent).toMatchObject([
      { type: 'error', error: { code: 'INVALID_FIELD', event_id: 'mine' } },
    ]);
    connection.sent.length = 0;
    connection.receive(append(second));
    await setImmediate();
    expect(connection.sent).toEqual([]);
    expect(streams[0]?.receivedSeconds).toBeGreaterThan(0.9);
  });

  it('takes a long append piece by piece, and holds back what follows it', async () => {
    connection.receive(append(second));
    const stream = streams[0]!;
    stream.isFull = true;
    connection.receive(append(Buffer.concat([second, second, second])));
    connection.receive({ type: 'session.update', session: { type: 'transcription' } });
    await setImmediate();
    expect(connection.isPaused).toBe(true);
    expect(stream.receivedSeconds).toBeLessThan(2.1);
    expect(connection.sent).toEqual([]);
    stream.drain();
    await expect.poll(() => connection.sentTypes()).toEqual(['session.updated']);
    expect(stream.receivedSeconds).toBeGreaterThan(3.9);
    expect(connection.isPaused).toBe(false);
  });

  it('refuses another format once audio was appended', () => {
    connection.receive(append(second));
    const format = { type: 'audio/pcmu' };
    connection.receive({ type: 'session.update', session: { audio: { input: { format } } } });
    expect(connection.sent).toMatchObject([
      { type: 'error', error: { code: 'INVALID_FIELD', param: 'session.audio.input.format' } },
    ]);
  });

  it('opens another stream for other turn detection, and refuses that while three are unfinished', () => {
    const detections = [{ silence_duration_ms: 600 }, null, {}];
    for (const turn_detection of detections) {
      connection.receive(append(second));
      connection.receive({ type: 'session.update', session: { audio: { input: { turn_detection } } } });
    }
    expect(streams.map(({ isFinished }) => isFinished)).toEqual([true, true, false]);
    expect(connection.sent.at(-1)).toMatchObject({ type: 'error', error: { code: 'QUEUE_FULL' } });
  });

  it('closes at once with the service where no audio has come', async () => {
    shutdown.begin();
    await expect.poll(() => connection.closed).toMatchObject({ code: 1012 });
  });

  it('sends the last transcript before it closes with the service', async () => {
    connection.receive(append(second));
    const stream = streams[0]!;
    shutdown.begin();
    expect(stream.isFinished).toBe(false);
    stream.becomeQuiet();
    await expect.poll(() => stream.isFinished).toBe(true);
    expect(connection.closed).toBeUndefined();
    stream.say({
      type: 'segment-final',
      utteranceId: 0,
      segment: segment(0, 0, 500, 'yes'),
      reason: 'silence',
    });
    stream.end();
    await expect.poll(() => connection.closed).toMatchObject({ code: 1012 });
    expect(connection.sentTypes()).toContain('conversation.item.input_audio_transcription.completed');
  });

  it('closes an idle session with an error of its own, and takes no audio for another stream', async () => {
    connection.receive(append(second));
    connection.idle();
    expect(streams[0]?.isFinished).toBe(true);
    streams[0]?.end();
    await expect.poll(() => connection.closed).toMatchObject({ code: 1000, reason: 'idle' });
    expect(connection.sent.at(-1)).toMatchObject({ type: 'error', error: { code: 'idle_timeout' } });
    connection.receive(append(second));
    expect(streams).toHaveLength(1);
  });

  it('closes with 1011 and the code where a stream fails', async () => {
    connection.receive(append(second));
    streams[0]?.fail(new SpeechError('INFERENCE_FAILED', 'twice'));
    await expect
      .poll(() => connection.closed)
      .toEqual({ code: 1011, reason: 'INFERENCE_FAILED', errorCode: 'INFERENCE_FAILED' });
    expect(connection.sent.at(-1)).toMatchObject({ type: 'error', error: { code: 'INFERENCE_FAILED' } });
  });
});
