import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codecFile, decodeFile } from '../../test/support/codec-files.js';
import { corpusFolder, withoutCorpus } from '../../test/support/corpus.js';
import { oggOpus } from '../../test/support/ogg-writer.js';
import { opusPackets, spokenOpus } from '../../test/support/opus.js';
import { bytesOf } from '../../test/support/wav-writer.js';
import { webmOpus } from '../../test/support/webm-writer.js';

const flac = codecFile('-start.flac');
const mp3 = codecFile('.mp3');
const webm = webmOpus(opusPackets);
const liveWebm = webmOpus(opusPackets, { isLive: true });

describe('a compressed file that is cut short', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['FLAC', flac.subarray(0, 20_000), /claims 28800 samples, but only \d+ arrived/],
    ['FLAC in Ogg', codecFile('-start.flac.ogg').subarray(0, 20_000), /last page/],
    ['MP3', mp3.subarray(0, 6_000), /claims 86 frames, but only \d+ arrived/],
    ['Vorbis', codecFile('.vorbis.ogg').subarray(0, 10_000), /last page/],
    ['Opus in Ogg', spokenOpus.subarray(0, -100), /last page/],
    ['Opus in WebM between two elements', webm.subarray(0, -opusPackets.at(-1)!.length - 9), /last element/],
    ['Opus in live WebM', liveWebm.subarray(0, -10), /last element/],
  ])('is known to be: %s', async (_, file, message) => {
    const { code, samples, truncation } = await decodeFile(file, 4_096);
    expect(code).toBeUndefined();
    expect(samples.length).toBeGreaterThan(10_000);
    expect(truncation).toMatch(message);
  });

  it.each<[string, Uint8Array]>([
    ['FLAC', flac],
    ['FLAC files that were joined', bytesOf(flac, flac)],
    ['FLAC in Ogg', codecFile('-start.flac.ogg')],
    ['MP3', mp3],
    ['MP3 in stereo', codecFile('-stereo.mp3')],
    ['MP3 that does not tell', codecFile('-8k.mp3').subarray(0, 4_000)],
    ['Vorbis', codecFile('.vorbis.ogg')],
    ['Opus in Ogg', spokenOpus],
    ['Opus files that were joined', bytesOf(spokenOpus, oggOpus(opusPackets))],
    ['Opus in WebM', webm],
    ['Opus in live WebM', liveWebm],
    ['WebM files that were joined', bytesOf(webm, liveWebm)],
  ])('is not claimed of a whole one: %s', async (_, file) => {
    expect(await decodeFile(file, 4_096)).toMatchObject({ code: undefined, truncation: undefined });
  });
});

const manifest = join(corpusFolder ?? '', 'formats', 'manifest.jsonl');
const present = corpusFolder !== undefined && existsSync(manifest);

describe.skipIf(!present)(`recordings of others${withoutCorpus}`, () => {
  const files = present
    ? readFileSync(manifest, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { file: string; codec: string })
        .filter(({ codec }) => /^(?:mp3|flac|vorbis|opus)$/.test(codec))
    : [];

  it.each(files)('are whole: $file', async ({ file }) => {
    const bytes = new Uint8Array(readFileSync(join(corpusFolder!, 'formats', file)));
    expect((await decodeFile(bytes)).truncation).toBeUndefined();
  });
});
