import { expect, it } from 'vitest';
import { codecFile } from '../../test/support/codec-files.js';
import { tone } from '../../test/support/tone.js';
import { wav } from '../../test/support/wav-writer.js';
import { variedByDb, varyClip } from './vary-clip.js';

function file(amplitude: number): Uint8Array {
  const samples = Int16Array.from(tone(440, 16_000, 1, amplitude), (value) => value * 32_767);
  return wav(new Uint8Array(samples.buffer));
}

function peakOf(bytes: Uint8Array): number {
  return Math.max(...new Int16Array(bytes.slice().buffer).map(Math.abs)) / 32_768;
}

it('changes the level of samples, the same for the same number, and leaves the clip itself alone', () => {
  const clip = file(0.1);
  expect(varyClip(clip, 0)).toEqual({ bytes: clip });
  const levels = Array.from({ length: 30 }, (_, at) => peakOf(varyClip(clip, at + 1).bytes));
  expect(new Set(levels).size).toBeGreaterThan(25);
  const decibels = levels.map((level) => 20 * Math.log10(level / 0.1));
  expect(Math.max(...decibels)).toBeLessThanOrEqual(variedByDb + 0.01);
  expect(Math.min(...decibels)).toBeGreaterThanOrEqual(-variedByDb - 0.01);
  expect(varyClip(clip, 3)).toEqual(varyClip(clip, 3));
  expect(varyClip(clip, 3).declared).toEqual({ encoding: 'linear16', sampleRate: 16_000, channels: 1 });
});

it('clips nothing, and does not vary what it cannot', () => {
  const levels = Array.from({ length: 30 }, (_, at) => peakOf(varyClip(file(0.7), at + 1).bytes));
  expect(Math.max(...levels)).toBeLessThan(0.96);
  const compressed = codecFile('.mp3');
  expect(varyClip(compressed, 1)).toEqual({ bytes: compressed });
});
