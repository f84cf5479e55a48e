import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeConnection } from '../../../test/support/fake-connection.js';
import { FakeRecognizer, segment } from '../../../test/support/fake-recognizer.js';
import { ScriptedStream } from '../../../test/support/scripted-stream.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ShutdownState } from '../../common/shutdown-state.js';
import { Conversation } from './conversation.js';
import { InputBuffer } from './input-buffer.js';
import { defaultConfiguration } from './session-configuration.js';
import type { ServerEvent } from './server-events.js';
import { SessionStreams } from './session-streams.js';

const source = { container: 'raw', encoding: 'linear16', sampleRate: 24_000, channels: 1 } as const;
const recognizer = new FakeRecognizer();
const configuration = defaultConfiguration({
  model: recognizer.models[0]!,
  modelName: undefined,
  chooseModel: (name) => recognizer.resolveModel(name),
  threshold: 0.5,
  silenceMs: 500,
});

let connection: FakeConnection;
let opened: { readonly stream: ScriptedStream; readonly signal: AbortSignal }[];
let sent: ServerEvent[];
let failures: SpeechError[];
let streams: SessionStreams;

beforeEach(() => {
  connection = new FakeConnection();
  opened = [];
  sent = [];
  failures = [];
  streams = new SessionStreams(connection, {
    recognizer: {
      createStream: (_options, signal) => {
        const stream = new ScriptedStream();
        opened.push({ stream, signal });
        return stream;
      },
    },
    shutdown: new ShutdownState(60_000),
    conversation: new Conversation((event) => sent.push(event), false),
    buffer: new InputBuffer(),
    beforeEvent: () => undefined,
    onFailure: (error) => failures.push(error),
  });
});

/** Opens one stream more, in place of the current one. */
function openNext(): ScriptedStream {
  streams.replace();
  streams.openStream(configuration, source);
  return opened.at(-1)!.stream;
}
const finalOf = (text: string) =>
  ({ type: 'segment-final', utteranceId: 0, segment: segment(0, 0, 500, text), reason: 'silence' }) as const;
const transcripts = (): string[] =>
  sent.flatMap((event) => ('transcript' in event ? [String(event.transcript)] : []));

describe('SessionStreams', () => {
  it('sends the events of a stream after all events of the one before it', async () => {
    const [first, second] = [openNext(), openNext()];
    expect(first.isFinished).toBe(true);
    second.say(finalOf('second'));
    await setImmediate();
    expect(transcripts()).toEqual([]);
    first.say(finalOf('first'));
    first.end();
    await expect.poll(transcripts).toEqual(['first', 'second']);
  });

  it('has too many with three that have not ended, and room again when one has', async () => {
    const [first] = [openNext(), openNext()];
    expect(streams.areTooMany).toBe(false);
    openNext();
    expect(streams.areTooMany).toBe(true);
    first?.end();
    await expect.poll(() => streams.areTooMany).toBe(false);
  });

  it('lets go of a stream that has ended, and takes no audio for it any more', async () => {
    const stream = openNext();
    stream.end();
    await streams.ended;
    expect(streams.current).toBeUndefined();
    expect(opened[0]?.signal.aborted).toBe(true);
  });

  it('reports the failure of a stream after its items have failed', async () => {
    openNext().fail(new SpeechError('INFERENCE_FAILED', 'twice'));
    await streams.ended;
    expect(failures).toMatchObject([{ code: 'INFERENCE_FAILED' }]);
    expect(streams.current).toBeUndefined();
  });

  it('cancels all streams of a client that has gone, and reports no failure', async () => {
    const [first, second] = [openNext(), openNext()];
    connection.leave();
    expect(opened.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    for (const stream of [first, second]) stream.fail(new SpeechError('CANCELLED', 'gone'));
    await streams.ended;
    expect(failures).toEqual([]);
  });

  it('cancels at once a stream that is opened for a client that has gone', () => {
    connection.leave();
    openNext();
    expect(opened[0]?.signal.aborted).toBe(true);
  });
});
