import { DeepgramClient } from '@deepgram/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureRecordings } from '../support/recordings.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { until } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';

type Connection = Awaited<ReturnType<DeepgramClient['listen']['v1']['connect']>>;
interface Message {
  readonly type: string;
}
interface Results {
  readonly type: 'Results';
  readonly is_final: boolean;
  readonly speech_final: boolean;
  readonly from_finalize: boolean;
  readonly channel: { readonly alternatives: readonly { readonly transcript: string }[] };
}
interface Session {
  readonly connection: Connection;
  readonly messages: Message[];
  readonly results: () => Results[];
  readonly closed: Promise<number>;
}

let running: RunningApp;
beforeAll(async () => {
  running = await startApp();
});
afterAll(() => running.close());

/** As Deepgram's documentation does it. */
async function connect(options: object): Promise<Session> {
  const client = new DeepgramClient({ apiKey: 'none', baseUrl: running.url });
  const connection = await client.listen.v1.connect({
    model: 'default',
    encoding: 'linear16',
    sample_rate: 16_000,
    ...options,
  });
  const messages: Message[] = [];
  connection.on('message', (message) => messages.push(message));
  const closed = new Promise<number>((resolve) => connection.on('close', (event) => resolve(event.code)));
  connection.connect();
  await connection.waitForOpen();
  const results = (): Results[] => messages.filter(({ type }) => type === 'Results') as unknown as Results[];
  return { connection, messages, results, closed };
}

const textOf = (results: readonly Results[]): string =>
  results
    .filter(({ is_final: isFinal }) => isFinal)
    .map(({ channel }) => channel.alternatives[0]?.transcript)
    .join(' ');

describe('@deepgram/sdk, unmodified', () => {
  it('streams, keeps alive, finalizes, goes on and ends', async () => {
    const [recording] = await fixtureRecordings();
    const pcm = recording?.pcm ?? new Uint8Array(0);
    const { connection, messages, results, closed } = await connect({
      interim_results: 'true',
      vad_events: 'true',
      utterance_end_ms: '1000',
      endpointing: '300',
      smart_format: 'true',
    });
    const middle = pcm.length >> 1;
    connection.sendKeepAlive({ type: 'KeepAlive' });
    connection.sendMedia(pcm.slice(0, middle));
    await until(() => results().some(({ is_final: isFinal }) => !isFinal), 60);
    connection.sendFinalize({ type: 'Finalize' });
    await until(() => results().some(({ from_finalize: answer }) => answer), 60);
    expect(wordsOf(textOf(results())).length).toBeGreaterThan(4);
    const before = results().length;
    connection.sendMedia(pcm.slice(middle));
    connection.sendCloseStream({ type: 'CloseStream' });
    expect(await closed).toBe(1000);
    expect(results().length).toBeGreaterThan(before);
    expect(results().at(-1)).toMatchObject({ is_final: true, speech_final: true });
    const words = wordsOf(textOf(results()));
    expect(wordsOf(recording?.text ?? '').filter((word) => !words.includes(word)).length).toBeLessThanOrEqual(
      4,
    );
    expect(messages.map(({ type }) => type)).toContain('SpeechStarted');
    expect(messages.at(-1)).toMatchObject({ type: 'Metadata', channels: 1 });
    connection.close();
  });

  it('learns that its parameters are refused, and does not try again and again', async () => {
    const client = new DeepgramClient({ apiKey: 'none', baseUrl: running.url });
    const connection = await client.listen.v1.connect({
      model: 'nova-3',
      encoding: 'linear16',
      sample_rate: 16_000,
    });
    const failed = new Promise<Error>((resolve) => connection.on('error', resolve));
    connection.connect();
    expect((await failed).message).toContain('400');
    connection.close();
  });
});
