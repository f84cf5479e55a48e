// @module-tag slow
import { deserialize, serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { correlation, decodeFile, sentenceSamples } from '../../../../test/support/codec-files.js';
import {
  encodedSentence,
  hasFfmpeg,
  phoneRecording,
  withoutFfmpeg,
} from '../../../../test/support/ffmpeg.js';
import { randomNumbers } from '../../../../test/support/random-numbers.js';
import type { CodecState } from '../../audio-decoder.js';
import { joinSamples } from '../../join-samples.js';
import { openLiveMp4, openMp4 } from './open-mp4.js';

const fragments = ['-movflags', 'empty_moov+default_base_moof', '-frag_duration', '250000'];

describe.skipIf(!hasFfmpeg)(`Mp4Decoder, with files that ffmpeg makes${withoutFfmpeg}`, () => {
  it.each<[string, string, readonly string[]]>([
    ['Opus with the description last', 'mp4', ['-c:a', 'libopus']],
    ['Opus with the description first', 'mp4', ['-c:a', 'libopus', '-movflags', '+faststart']],
    ['Opus in fragments', 'mp4', ['-c:a', 'libopus', ...fragments]],
    ['Opus in one fragment', 'mp4', ['-c:a', 'libopus', '-movflags', 'frag_keyframe+empty_moov']],
    ['FLAC', 'mp4', ['-strict', '-2', '-c:a', 'flac']],
    ['FLAC in fragments', 'mp4', ['-strict', '-2', '-c:a', 'flac', ...fragments]],
    ['MP3', 'mp4', ['-c:a', 'libmp3lame']],
    ['MP3 in QuickTime', 'mov', ['-c:a', 'libmp3lame']],
    [
      'Opus of a film',
      'mp4',
      [
        '-f',
        'lavfi',
        '-t',
        '3',
        '-i',
        'testsrc=size=320x240',
        '-c:v',
        'mpeg4',
        '-q:v',
        '1',
        '-c:a',
        'libopus',
      ],
    ],
  ])('decodes %s, in pieces of any size', async (_, ending, options) => {
    const file = encodedSentence(ending, options);
    for (const pieceBytes of [333, 5_000, 10_000_000]) {
      const decoded = await decodeFile(file, pieceBytes);
      expect(decoded.code).toBeUndefined();
      expect(decoded.format?.container).toBe('mp4');
      const { sampleRate } = decoded.format!;
      expect(decoded.samples.length / sampleRate).toBeCloseTo(sentenceSamples().length / 16_000, 0);
      expect(bestCorrelation(decoded.samples, sampleRate)).toBeGreaterThan(0.9);
    }
  });

  it.each<[string, readonly string[]]>([
    ['with the description first', ['-movflags', '+faststart']],
    ['in fragments', fragments],
  ])('tells that a file %s is cut short, and that a whole one is not', async (_, options) => {
    const file = encodedSentence('mp4', ['-c:a', 'libopus', ...options]);
    expect((await decodeFile(file, 5_000)).truncation).toBeUndefined();
    // Not in the middle of a box: a recorder that is killed leaves the end of a sample, too.
    for (const share of [0.6, 0.9])
      expect((await decodeFile(file.subarray(0, file.length * share), 5_000)).truncation).toMatch(
        /cut short/,
      );
  });

  it('gives the samples of FLAC exactly', async () => {
    const { samples } = await decodeFile(encodedSentence('mp4', ['-strict', '-2', '-c:a', 'flac']), 1_000);
    expect(samples).toEqual(sentenceSamples());
  });

  it('names AAC and ALAC, and the setting that turns them on', async () => {
    for (const [file, name] of [
      [phoneRecording(), 'AAC'],
      [encodedSentence('m4a', ['-c:a', 'alac']), 'ALAC'],
    ] as const) {
      const { code, message } = await decodeFile(file, 5_000);
      expect(code).toBe('AUDIO_UNSUPPORTED_FORMAT');
      expect(message).toContain(`audio in ${name}.`);
      expect(message).toContain('FFMPEG');
    }
  });

  it('goes on at any fragment after another decoder', async () => {
    const file = encodedSentence('mp4', ['-c:a', 'libopus', ...fragments]);
    const first = await openLiveMp4();
    const half = file.length >> 1;
    let before = 0;
    for await (const { samples } of first.push(file.slice(0, half))) before += samples.length;
    const second = await openLiveMp4();
    let after = 0;
    for await (const chunk of second.push(first.resumption())) void chunk;
    for await (const { samples } of second.push(file.slice(half - first.heldBytes))) after += samples.length;
    for await (const { samples } of second.flush()) after += samples.length;
    first.dispose();
    second.dispose();
    const whole = await decodeFile(file);
    expect(before).toBeGreaterThan(0);
    expect(before + after).toBe(whole.samples.length);
  });

  it.each<[string, readonly string[], number]>([
    ['Opus', ['-c:a', 'libopus', '-movflags', '+faststart'], 0.01],
    ['FLAC', ['-strict', '-2', '-c:a', 'flac', '-movflags', '+faststart'], 0],
    ['MP3', ['-c:a', 'libmp3lame', '-movflags', '+faststart'], 1e-4],
    ['Opus in fragments', ['-c:a', 'libopus', ...fragments], 0.01],
    ['FLAC in fragments', ['-strict', '-2', '-c:a', 'flac', ...fragments], 0],
  ])('goes on after every piece with the state of another one: %s', async (_, options, difference) => {
    const file = encodedSentence('mp4', options);
    const whole = await decodeFile(file);
    let decoder = await openMp4();
    const blocks: Float32Array[] = [];
    let states = 0;
    for (let at = 0; at < file.length; at += 700) {
      for await (const { samples } of decoder.push(file.slice(at, at + 700))) blocks.push(samples);
      const state = decoder.state?.();
      if (state === undefined) continue;
      const copy = deserialize(serialize(state)) as CodecState;
      decoder.dispose();
      decoder = await openMp4();
      await decoder.restore?.(copy);
      states++;
    }
    for await (const { samples } of decoder.flush()) blocks.push(samples);
    decoder.dispose();
    const samples = joinSamples(blocks);
    expect(states).toBeGreaterThan(10);
    expect(samples).toHaveLength(whole.samples.length);
    const most = samples.reduce((sum, value, at) => Math.max(sum, Math.abs(value - whole.samples[at]!)), 0);
    expect(most).toBeLessThanOrEqual(difference);
  });

  it('refuses a live stream that has no fragments', async () => {
    for (const options of [[], ['-movflags', '+faststart']]) {
      const decoder = await openLiveMp4();
      const file = encodedSentence('mp4', ['-c:a', 'libopus', ...options]);
      await expect(
        (async () => {
          for await (const chunk of decoder.push(file.slice(0, 6_000))) void chunk;
        })(),
      ).rejects.toMatchObject({ code: 'AUDIO_UNSUPPORTED_FORMAT' });
    }
  });

  it('bears every damage', async () => {
    const random = randomNumbers(3);
    for (const options of [
      ['-c:a', 'libopus'],
      ['-c:a', 'libopus', ...fragments],
      ['-strict', '-2', '-c:a', 'flac'],
      ['-c:a', 'libmp3lame'],
    ]) {
      const file = encodedSentence('mp4', options);
      for (let round = 0; round < 60; round++) {
        const damaged = file.slice(0, round % 3 === 0 ? Math.ceil(random() * file.length) : undefined);
        for (let change = 0; change < 8; change++) {
          const isTable = change % 2 === 0;
          const at = isTable
            ? damaged.length - Math.floor(random() * 1_500)
            : Math.floor(random() * damaged.length);
          if (at >= 0) damaged[at] = Math.floor(random() * 256);
        }
        // Throws what is not a SpeechError.
        const { samples, code } = await decodeFile(damaged, 4_000);
        expect(samples.length > 0 || code !== undefined).toBe(true);
      }
    }
  });
});

/** Codecs shift the samples. */
function bestCorrelation(decoded: Float32Array, sampleRate: number): number {
  const step = sampleRate / 16_000;
  const part = sentenceSamples().subarray(20_000, 26_000);
  const at16 = Float32Array.from({ length: decoded.length / step }, (_, i) => decoded[Math.round(i * step)]!);
  let best = 0;
  for (let shift = -3_000; shift < 3_000 && best < 0.9; shift++) {
    best = Math.max(best, correlation(part, at16.subarray(20_000 + shift)));
  }
  return best;
}
