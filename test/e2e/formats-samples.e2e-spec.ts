import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aiff, au, caf, rifx, sphere, wave64 } from '../support/container-writer.js';
import { corpusFolder, withoutCorpus } from '../support/corpus.js';
import { encodeG722 } from '../support/g722-encoder.js';
import { ListenClient } from '../support/listen-client.js';
import { fixtureRecordings } from '../support/recordings.js';
import type { Recording } from '../support/recordings.js';
import { converted, missing } from '../support/spoken.js';
import { startApp } from '../support/start-app.js';
import type { RunningApp } from '../support/start-app.js';
import { transcribe } from '../support/transcribe.js';
import { wordsOf } from '../support/words.js';

interface ListenAnswer {
  readonly err_code?: string;
  readonly err_msg?: string;
  readonly metadata?: {
    readonly duration: number;
    readonly warnings?: readonly { readonly message: string }[];
  };
  readonly results?: {
    readonly channels: readonly { readonly alternatives: readonly { readonly transcript: string }[] }[];
  };
}

// The same samples as those of a WAV file, in another container: the text is the same too.
let running: RunningApp;
let spoken: Recording;
let expected: string;

beforeAll(async () => {
  running = await startApp();
  [spoken] = (await fixtureRecordings()) as [Recording];
  expected = (await transcribe(running.url, spoken.file)).text;
  expect(missing(expected, spoken)).toBeLessThanOrEqual(2);
});
afterAll(() => running.close());

async function listenTo(file: Uint8Array, query = ''): Promise<ListenAnswer> {
  const response = await fetch(`${running.url}/v1/listen?${query}`, {
    method: 'POST',
    body: Uint8Array.from(file),
  });
  return (await response.json()) as ListenAnswer;
}

const bigEndian = (): Uint8Array => Buffer.from(spoken.pcm).swap16();
const floats = (): Uint8Array => {
  const samples = new Int16Array(spoken.pcm.slice().buffer);
  return new Uint8Array(Float32Array.from(samples, (sample) => sample / 32_768).buffer);
};

const files: readonly (readonly [name: string, write: () => Uint8Array])[] = [
  ['AIFF', () => aiff(bigEndian())],
  ['AIFF-C', () => aiff(spoken.pcm, { compression: 'sowt' })],
  ['AIFF without sizes', () => aiff(bigEndian(), { claimed: 0 })],
  ['AU', () => au(bigEndian())],
  ['CAF', () => caf(bigEndian())],
  ['CAF of float', () => caf(floats(), { bits: 32, flags: 3 })],
  ['Wave64', () => wave64(spoken.pcm)],
  ['SPHERE', () => sphere(spoken.pcm)],
  ['RIFX', () => rifx(bigEndian())],
];

describe('a recording in a container of samples', () => {
  it.each(files)('has the text of the WAV file over both protocols: %s', async (_, write) => {
    const file = write();
    expect(await transcribe(running.url, file)).toEqual({ status: 200, text: expected });
    const answer = await listenTo(file);
    expect(answer.results?.channels[0]?.alternatives[0]?.transcript).toBe(expected);
    expect(answer.metadata?.duration).toBeCloseTo(spoken.pcm.length / 32_000, 2);
  });

  it('is recognized as far as it goes if it was cut short, with a warning', async () => {
    const answer = await listenTo(aiff(bigEndian()).subarray(0, 100_000));
    expect(answer.results?.channels[0]?.alternatives[0]?.transcript).toMatch(/\w/);
    expect(answer.metadata?.warnings?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The header claims 227200 bytes/),
    ]);
  });

  it('is refused by name if its samples are compressed', async () => {
    const alac = caf(spoken.pcm, { codec: 'alac' });
    expect((await transcribe(running.url, alac)).text).toBe('AUDIO_UNSUPPORTED_FORMAT');
    expect((await listenTo(alac)).err_msg).toMatch(/The CAF file contains ALAC/);
  });
});

describe('a live stream of a container of samples', () => {
  it.each<[string, () => Uint8Array, number]>([
    ['AU without an end', () => au(bigEndian(), { claimed: 0xffff_ffff }), 2],
    [
      'AU of mu-law at 8 kHz',
      () =>
        au(converted(spoken.pcm, 8_000, 'mulaw'), { encoding: 1, sampleRate: 8_000, claimed: 0xffff_ffff }),
      4,
    ],
    ['CAF without an end', () => caf(bigEndian(), { claimed: -1 }), 2],
    ['AIFF', () => aiff(bigEndian()), 2],
  ])('is recognized in pieces of any size: %s', async (_, write, mostMissing) => {
    const client = await ListenClient.open(running.url, '');
    client.sendInPieces(write(), 4_001);
    expect((await client.finish()).code).toBe(1000);
    expect(client.of('Error')).toEqual([]);
    expect(client.faults).toEqual([]);
    expect(missing(client.text(), spoken)).toBeLessThanOrEqual(mostMissing);
  });

  it('is refused by name if its samples are compressed', async () => {
    const client = await ListenClient.open(running.url, '');
    client.sendInPieces(sphere(spoken.pcm, { coding: 'pcm,embedded-shorten-v2.00' }), 4_001);
    await client.closed;
    expect(client.of('Error')).toEqual([
      expect.objectContaining({ description: expect.stringMatching(/Shorten/) as string }),
    ]);
  });
});

describe('G.722, as telephones send it', () => {
  const query = 'encoding=g722&sample_rate=16000';
  let encoded: Uint8Array;
  beforeAll(() => {
    encoded = encodeG722(new Int16Array(spoken.pcm.slice().buffer));
  });

  it('is recognized in a recording', async () => {
    const answer = await listenTo(encoded, query);
    expect(answer.metadata?.duration).toBeCloseTo(spoken.pcm.length / 32_000, 2);
    expect(missing(answer.results?.channels[0]?.alternatives[0]?.transcript, spoken)).toBeLessThanOrEqual(2);
  });

  it('is recognized live, in packets of 20 ms', async () => {
    const client = await ListenClient.open(running.url, query);
    client.sendInPieces(encoded, 160);
    expect((await client.finish()).code).toBe(1000);
    expect(missing(client.text(), spoken)).toBeLessThanOrEqual(2);
    expect(client.faults).toEqual([]);
  });

  it('is refused at another rate, with the rate that it has', async () => {
    const { err_code, err_msg } = await listenTo(encoded, 'encoding=g722&sample_rate=8000');
    expect(err_code).toBe('AUDIO_INVALID_RATE');
    expect(err_msg).toMatch(/16000 Hz/);
  });
});

const corpus = join(corpusFolder ?? '', 'formats');

describe.skipIf(corpusFolder === undefined || !existsSync(corpus))(
  `files of the corpus${withoutCorpus}`,
  () => {
    const listenToFile = async (file: string, query = '') => {
      const answer = await listenTo(await readFile(join(corpus, file)), query);
      return wordsOf(answer.results?.channels[0]?.alternatives[0]?.transcript ?? '');
    };

    it.each(['made-aiff.aiff', 'made-caf.caf', 'made-w64.w64'])(
      '%s has the text of the WAV file',
      async (file) => {
        expect(await listenToFile(file)).toEqual(await listenToFile('made-wavpcm.wav'));
      },
    );

    it.each([
      ['made-gsm.wav', '', 'how old is the brooklyn bridge'],
      [
        'wild-asterisk.g722',
        'encoding=g722&sample_rate=16000',
        'please enter your password followed by the pound key',
      ],
    ])('%s is recognized', async (file, query, text) => {
      expect(await listenToFile(file, query)).toEqual(wordsOf(text));
    });
  },
);
