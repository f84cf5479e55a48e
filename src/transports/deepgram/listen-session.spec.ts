import { beforeEach, describe, expect, it, vi } from 'vitest';
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
import { asRecognized } from '../../transcripts/convention/convention.js';
import { ListenSession } from './listen-session.js';

const model = new FakeRecognizer().models[0]!;
const pcm = Buffer.alloc(6_400);

let connection: FakeConnection;
let shutdown: ShutdownState;
let streams: ScriptedStream[];

/** @param channels in the audio; `announced` by the handshake */
function start(channels = 1, announced = channels): void {
  const audio = new LiveAudioFactory(new Configuration(readEnvironment({}))).open(
    { encoding: 'linear16', sampleRate: 16_000, channels },
    channels > 1 ? 'each' : 'mix',
  );
  const recognizer = {
    createStream: () => {
      const stream = new ScriptedStream();
      streams.push(stream);
      return stream;
    },
  };
  new ListenSession(connection, recognizer, audio, shutdown, new TransportObservers(), {
    request: { requestId: 'r-1', model, detectsLanguage: false, convention: asRecognized, language: 'en' },
    stream: { modelId: model.id, partials: false },
    channels: announced,
    vadEvents: false,
    warnings: new LiveWarnings(() => Promise.resolve([]), -0.45),
    earlyWarnings: [],
  }).start();
}

beforeEach(() => {
  connection = new FakeConnection();
  shutdown = new ShutdownState(60_000);
  streams = [];
});

describe('ListenSession', () => {
  it('sends the last results, then the metadata, and closes with 1000 when the client asks for it', async () => {
    start();
    connection.receive(pcm);
    connection.receive({ type: 'CloseStream' });
    const stream = streams[0]!;
    expect(stream.isFinished).toBe(true);
    stream.say({
      type: 'segment-final',
      utteranceId: 0,
      segment: segment(0, 0, 200, 'yes'),
      reason: 'input-finished',
    });
    stream.end();
    await expect.poll(() => connection.closed).toMatchObject({ code: 1000 });
    expect(connection.sent).toMatchObject([{ type: 'Results' }, { type: 'Metadata', duration: 0.2 }]);
  });

  it('ignores audio once it ends', async () => {
    start();
    connection.receive({ type: 'CloseStream' });
    connection.receive(pcm);
    await expect.poll(() => connection.closed).toMatchObject({ code: 1000 });
    expect(streams).toEqual([]);
  });

  it('answers Finalize before any audio for each channel', () => {
    start(2);
    connection.receive({ type: 'Finalize' });
    expect(connection.sent).toMatchObject([
      { channel_index: [0, 2], from_finalize: true },
      { channel_index: [1, 2], from_finalize: true },
    ]);
  });

  it('finalizes the channel that the client names', () => {
    start(2);
    connection.receive(pcm);
    connection.receive({ type: 'Finalize', channel: 1 });
    expect(streams.map(({ calls }) => calls)).toEqual([[], ['finalize']]);
  });

  it('reports each message that it cannot read, and closes after the tenth', async () => {
    start();
    for (let count = 0; count < 9; count++) connection.receiveText('what');
    expect(connection.closed).toBeUndefined();
    connection.receiveText('what');
    await expect.poll(() => connection.closed).toMatchObject({ code: 1008 });
    expect(connection.sent.filter((message) => 'err_code' in message)).toHaveLength(10);
  });

  it('refuses audio of more channels than were announced', async () => {
    start(2, 1);
    connection.receive(pcm);
    await expect
      .poll(() => connection.closed)
      .toEqual({
        code: 1008,
        reason: 'DATA-0000: AUDIO_INVALID_CHANNELS',
        errorCode: 'AUDIO_INVALID_CHANNELS',
      });
    expect(connection.sent).toMatchObject([{ type: 'Error', code: 'AUDIO_INVALID_CHANNELS' }]);
  });

  it('closes with the code of a stream that fails, when the other channels have ended', async () => {
    start(2);
    connection.receive(pcm);
    streams[0]?.fail(new SpeechError('INFERENCE_FAILED', 'twice'));
    await expect.poll(() => streams[1]?.isFinished).toBe(true);
    expect(connection.closed).toBeUndefined();
    streams[1]?.end();
    await expect.poll(() => connection.closed).toMatchObject({ code: 1011, errorCode: 'INFERENCE_FAILED' });
  });

  it('closes at once with the service where no audio has come', async () => {
    start();
    shutdown.begin();
    await expect.poll(() => connection.closed).toMatchObject({ code: 1012 });
  });

  it('closes at the end of the grace, whatever its streams do', async () => {
    vi.useFakeTimers();
    try {
      start();
      connection.receive(pcm);
      shutdown.begin();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(connection.closed).toMatchObject({ code: 1012 });
      expect(connection.sentTypes()).toEqual(['Metadata']);
    } finally {
      vi.useRealTimers();
    }
  });
});
