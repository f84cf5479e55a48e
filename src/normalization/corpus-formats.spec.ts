import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpusFolder, withoutCorpus } from '../../test/support/corpus.js';
import type { DeclaredFormat } from '../audio/audio.types.js';
import { SpeechError } from '../common/errors/speech-error.js';
import { joinSamples } from '../audio/join-samples.js';
import { RecordingDecoder } from './recording-decoder.js';

const folder = join(corpusFolder ?? '', 'formats');
const manifest = join(folder, 'manifest.jsonl');

interface Entry {
  readonly file: string;
  readonly container?: string | null;
  readonly codec?: string | null;
  readonly sample_rate?: number | null;
  readonly channels?: number | null;
  readonly duration_s?: number | null;
}

/** The name that the message must contain, by the container in the manifest. */
const names: Readonly<Record<string, RegExp>> = {
  ogg: /Ogg/,
  'matroska,webm': /WebM/,
  'mov,mp4,m4a,3gp,3g2,mj2': /MP4/,
  aac: /AAC/,
  g722: /no known audio format/,
};

/** Containers whose samples are not compressed, by their names in the manifest. */
const samplesContainers: ReadonlySet<string> = new Set(['wav', 'w64', 'aiff', 'au', 'caf', 'nistsphere']);

function entries(): readonly Entry[] {
  return readFileSync(manifest, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
}

async function read(
  file: string,
  declared?: DeclaredFormat,
): Promise<{ samples: Float32Array; decoded: RecordingDecoder }> {
  const bytes = readFileSync(join(folder, file));
  const decoder = new RecordingDecoder({
    declared,
    leastBytes: bytes.length,
    maxAudioSeconds: 3_600,
    normalizer: { channel: 'mix', targetLufs: -23, toleranceLu: 0, maxGainDb: 30 },
  });
  const blocks: Float32Array[] = [];
  for await (const block of decoder.decodePiece(bytes, true)) blocks.push(block.slice());
  return { samples: joinSamples(blocks), decoded: decoder };
}

async function errorOf(file: string): Promise<SpeechError | undefined> {
  try {
    await read(file);
  } catch (error) {
    if (error instanceof SpeechError) return error;
    throw error;
  }
  return undefined;
}

/** 1 if two recordings are the same except for a factor. */
function correlation(a: Float32Array, b: Float32Array): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / Math.sqrt(aa * bb);
}

const present = corpusFolder !== undefined && existsSync(manifest);

describe.skipIf(!present)(`the corpus of formats${withoutCorpus}`, () => {
  const all = present ? entries() : [];
  const isSpecial = (file: string) => /zero-samples|empty-file|not-audio|no-header/.test(file);
  const isOfSamples = ({ container }: Entry) => samplesContainers.has(container ?? '');
  const ofSamples = all.filter((entry) => isOfSamples(entry) && !isSpecial(entry.file));
  const compressed = all.filter(({ codec }) => /^(?:mp3|flac|opus|vorbis)$/.test(codec ?? ''));
  const foreign = all.filter(
    (entry) =>
      entry.container && entry.container !== 's16le' && !isOfSamples(entry) && !compressed.includes(entry),
  );

  it.each(ofSamples)('reads $file ($codec, $sample_rate Hz, $channels channels)', async (entry) => {
    const { samples, decoded } = await read(entry.file);
    expect(decoded.format).toMatchObject({ sampleRate: entry.sample_rate, channels: entry.channels });
    expect(Math.abs(samples.length / 16_000 - entry.duration_s!)).toBeLessThan(0.002);
    expect(decoded.stats.loudnessLufs).toBeGreaterThan(-60);
    expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
  });

  // The files hold the same recording in different formats; the lower bounds allow for 8 kHz, 8 bits and ADPCM.
  it.each(ofSamples.filter((entry) => entry.file.startsWith('made-')))(
    'decodes the same audio from $file',
    async (entry) => {
      const { samples } = await read(entry.file);
      const least = entry.sample_rate! < 16_000 || entry.codec === 'pcm_u8' ? 0.9 : 0.98;
      expect(correlation(samples, (await read('made-wavpcm.wav')).samples)).toBeGreaterThan(least);
    },
  );

  it.each(compressed)('decodes $file ($codec, $sample_rate Hz, $channels channels)', async (entry) => {
    const { samples, decoded } = await read(entry.file);
    expect(decoded.format).toMatchObject({ sampleRate: entry.sample_rate, channels: entry.channels });
    // A live recording has no duration. Encoders of Opus and MP3 put some silence around the samples.
    const tolerance = { mp3: 0.15, opus: 0.05 }[entry.codec!] ?? 0.002;
    if (entry.duration_s !== 0) {
      expect(Math.abs(samples.length / 16_000 - entry.duration_s!)).toBeLessThan(tolerance);
    }
    expect(decoded.stats.loudnessLufs).toBeGreaterThan(-60);
    expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
    if (!entry.file.startsWith('made-')) return;
    expect(correlation(samples, (await read('made-wavpcm.wav')).samples)).toBeGreaterThan(0.8);
  });

  it('reads samples without a header in the declared format', async () => {
    const declared: DeclaredFormat = { encoding: 'linear16', sampleRate: 16_000, channels: 1 };
    const { samples } = await read('wild-brooklyn-s16le-16k.raw', declared);
    expect(correlation(samples, (await read('made-wavpcm.wav')).samples)).toBeGreaterThan(0.98);
    expect((await read('wild-no-header.wav', declared)).samples.length).toBeGreaterThan(16_000);
  });

  it('reads G.722 without a header as declared', async () => {
    const declared: DeclaredFormat = { encoding: 'g722', sampleRate: 16_000, channels: 1 };
    const { samples, decoded } = await read('wild-asterisk.g722', declared);
    expect(samples.length / 16_000).toBeCloseTo(3.285, 3);
    expect(decoded.stats.loudnessLufs).toBeGreaterThan(-40);
  });

  it.each(foreign)('names the format of $file', async (entry) => {
    const error = await errorOf(entry.file);
    expect(error?.code).toBe('AUDIO_UNSUPPORTED_FORMAT');
    expect(error?.message).toMatch(names[entry.container!]!);
  });

  it.each([
    ['made-not-audio.wav', 'AUDIO_UNSUPPORTED_FORMAT', /text/],
    ['wild-no-header.wav', 'AUDIO_UNSUPPORTED_FORMAT', /no known audio format/],
    ['made-zero-samples.wav', 'AUDIO_EMPTY', /no samples/],
    ['made-empty-file.wav', 'AUDIO_EMPTY', /no bytes/],
  ])('answers to %s with %s', async (file, code, message) => {
    const error = await errorOf(file);
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(message);
  });
});
