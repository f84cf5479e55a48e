import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goClients, javaClients, pythonClient, rustClients } from '../support/foreign-clients.js';
import type { ForeignClient } from '../support/foreign-clients.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { wordsOf } from '../support/words.js';

// The official clients of other languages, unmodified, with the names of models and the options of their own examples.
const apiKey = 'hk_for-the-test';
const clip = 'test/fixtures/sense-and-sensibility-0870.wav';
const officialNames = [
  ...['whisper-1', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe', 'gpt-transcribe'],
  ...['nova-3', 'nova-2', 'nova-3-general', 'nova-2-general'],
];

let running: RunningApp;
beforeAll(async () => {
  running = await startApp({
    API_KEYS: `test=${createHash('sha256').update(apiKey).digest('hex')}`,
    MODEL_ALIASES: officialNames.map((name) => `${name}=moonshine-tiny-en`).join(','),
  });
});
afterAll(() => running.close());

type Report = Readonly<Record<string, unknown>>;

function describeClient(client: ForeignClient, tests: (report: () => Report) => void): void {
  const title = `${client.name}: unmodified clients`;
  const described = client.isThere ? title : `${title} (skipped: test/tools/test-clients.sh installs them)`;
  describe.skipIf(!client.isThere)(described, () => {
    let report: Report = {};
    beforeAll(async () => {
      report = await client.run({ url: running.url, apiKey, clip });
    }, 150_000);
    tests(() => report);
  });
}

/** The recording's sentence, of which the model hears "mister" as "Mr.". */
const sentence = /^and mr john dashwood had then leisure to consider how much there might be prudently/;

/** Of a call that gave a text, or an object with one. */
function expectSentence(outcome: unknown): void {
  const text = typeof outcome === 'string' ? outcome : (outcome as { text?: string } | undefined)?.text;
  expect(wordsOf(text ?? JSON.stringify(outcome)).join(' ')).toMatch(sentence);
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describeClient(pythonClient('openai', 'openai_client'), (report) => {
  it('transcribe as json, with words, as a stream with its tokens, and live', () => {
    expectSentence(report()['json']);
    expectSentence(report()['verbose_json']);
    expect(report()['verbose_json']).toMatchObject({ words: 22, segments: 1 });
    expectSentence(report()['stream']);
    expect((report()['stream'] as { tokens: number }).tokens).toBeGreaterThan(20);
    expectSentence(report()['realtime']);
  });

  it('read why an upload is refused whose body is still being sent', () => {
    expect(report()['refused upload of 30 MB']).toMatch(/AuthenticationError.*401/);
  });
});

for (const version of [3, 4, 5, 6, 7]) {
  describeClient(pythonClient(`deepgram-${version}`, version < 5 ? 'deepgram_3' : 'deepgram_5'), (report) => {
    it('transcribe a recording with paragraphs and utterances, and live', () => {
      expectSentence(report()['recording']);
      expect(report()['recording']).toMatchObject({ utterances: 1 });
      expectSentence((report()['recording'] as { paragraphs: string }).paragraphs);
      expectSentence(report()['live']);
    });

    it.skipIf(version < 5)('read that a model is unknown', () => {
      expect(report()['unknown model']).toMatch(/BadRequestError.*status_code: 400.*nobody/);
    });
  });
}

describeClient(pythonClient('livekit', 'livekit_client'), (report) => {
  it('transcribe with the plugins for Deepgram and OpenAI', () => {
    expectSentence(report()['deepgram: recognize']);
    expectSentence(report()['deepgram: stream']);
    expectSentence(report()['openai: recognize']);
  });
});

describeClient(pythonClient('pipecat', 'pipecat_client'), (report) => {
  it('transcribe with the services for Deepgram and OpenAI', () => {
    expectSentence(report()['deepgram: live']);
    expectSentence(report()['openai: recording']);
  });
});

describeClient(goClients, (report) => {
  it('transcribe with OpenAI’s client, as json and as a stream with its tokens', () => {
    expectSentence(report()['openai-go: json']);
    expectSentence(report()['openai-go: stream']);
    expect((report()['openai-go: stream'] as { tokens: number }).tokens).toBeGreaterThan(20);
    expect(report()['openai-go: wrong key']).toContain('401 Unauthorized');
  });

  it('transcribe with Deepgram’s client, with paragraphs and subtitles, and live', () => {
    const recording = report()['deepgram-go-sdk: recording'] as { paragraphs: string; vtt: string };
    expectSentence(recording);
    expectSentence(recording.paragraphs);
    expect(recording.vtt).toContain('WEBVTT');
    expectSentence(report()['deepgram-go-sdk: live']);
  });

  it('read that a model is unknown where the client parses only some statuses', () => {
    expect(report()['deepgram-go-sdk: unknown model']).toMatch(/^error: MODEL_NOT_FOUND: .*nobody/);
  });
});

describeClient(javaClients, (report) => {
  it('transcribe with OpenAI’s client, whose validation finds nothing amiss in a stream', () => {
    expectSentence(report()['openai-java: json']);
    expectSentence(report()['openai-java: stream, validated']);
    expect(report()['openai-java: wrong key']).toMatch(/UnauthorizedException.*key/);
  });

  it('are answered by HTTP/1.1 when they offer HTTP/2, as Java’s own client does', () => {
    expect(report()['HttpClient: models']).toMatch(/^200 .*moonshine-tiny-en/);
    expect(report()['HttpClient: recording']).toMatch(/^200 .*Dashwood/);
    expect(report()['HttpClient: recording of unknown length']).toMatch(/^200 .*Dashwood/);
    expect(report()['HttpClient: live']).toMatch(/^1000 .*Dashwood/);
  });
});

describeClient(rustClients, (report) => {
  it('transcribe with async-openai, as json and as a stream with its tokens', () => {
    expectSentence(report()['async-openai: json']);
    expectSentence(report()['async-openai: stream']);
    expect((report()['async-openai: stream'] as { tokens: number }).tokens).toBeGreaterThan(20);
    expect(JSON.stringify(report()['async-openai: wrong key'])).toContain('status_code: 401');
  });

  it('transcribe with Deepgram’s client, a recording and live, with request ids of the type it wants', () => {
    expectSentence(report()['deepgram: recording']);
    expectSentence(report()['deepgram: live']);
    const live = report()['deepgram: live'] as { ended: boolean; request: string };
    expect(live.ended).toBe(true);
    expect(live.request).toMatch(uuid);
    expect(JSON.stringify(report()['deepgram: unknown model'])).toContain('Status(400');
  });
});
