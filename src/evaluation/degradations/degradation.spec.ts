import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { noise, tone } from '../../../test/support/tone.js';
import { seededRandom } from '../../statistics/random.js';
import { parseDegradations } from './degradation.js';
import { degradedWav, samplesOf, wavOf } from './degraded-clip.js';
import { powerOf } from './signal-changes.js';

const speech = tone(440, 16_000, 1, 0.1);
const sources = { noise: noise(4_000), random: seededRandom(1) };

function degrade(argument: string, samples = speech): Float32Array {
  return parseDegradations(argument)[0]!.apply(samples, sources);
}

function db(one: number, other: number): number {
  return 10 * Math.log10(one / other);
}

describe('degradations', () => {
  it('are a name, and a value each', () => {
    expect(parseDegradations('gain=-30,0').map(({ label }) => label)).toEqual(['gain=-30', 'gain=0']);
    expect(parseDegradations('telephone').map(({ label }) => label)).toEqual(['telephone']);
  });

  it.each([
    ['loud=3', /no degradation "loud"; there are: gain, snr/],
    ['toString', /no degradation/],
    ['gain', /gain takes numbers from -90 to 60/],
    ['gain=x', /takes numbers/],
    ['telephone=1', /takes no value/],
  ])('refuse %s with a reason', (argument, reason) => {
    expect(() => parseDegradations(argument)).toThrow(reason);
  });

  it('gain changes the level by its value', () => {
    expect(db(powerOf(degrade('gain=-30')), powerOf(speech))).toBeCloseTo(-30, 3);
  });

  it('snr adds noise at its ratio', () => {
    const noisy = degrade('snr=5');
    const added = noisy.map((sample, i) => sample - speech[i]!);
    expect(db(powerOf(speech), powerOf(added))).toBeCloseTo(5, 3);
  });

  it('snr without noise is refused', () => {
    const [snr] = parseDegradations('snr=5');
    expect(() => snr!.apply(speech, { ...sources, noise: undefined })).toThrow(/needs noise/);
  });

  it('telephone removes what is above 3,400 Hz and below 300 Hz', () => {
    const lossDb = (hz: number): number => {
      const sound = tone(hz, 16_000, 1, 0.3);
      return db(powerOf(degrade('telephone', sound)), powerOf(sound));
    };
    expect(lossDb(1_000)).toBeGreaterThan(-1);
    expect(lossDb(100)).toBeLessThan(-15);
    expect(lossDb(6_000)).toBeLessThan(-25);
  });

  it('rate, leading and trailing change the length', () => {
    expect(degrade('rate=1.25')).toHaveLength(12_800);
    expect(degrade('leading=2')).toHaveLength(48_000);
    expect([...degrade('trailing=1').subarray(16_000)].every((sample) => sample === 0)).toBe(true);
  });

  it('clip cuts peaks', () => {
    const clipped = degrade('clip=12');
    expect(clipped.filter((sample) => Math.abs(sample) === 1).length / clipped.length).toBeGreaterThan(0.5);
  });

  it('reverb lengthens the sound and keeps its beginning', () => {
    const wet = degrade('reverb=0.3');
    expect(wet).toHaveLength(16_000 + 4_800);
    expect(wet.subarray(0, 80)).toEqual(speech.subarray(0, 80));
    expect(powerOf(wet.subarray(16_000))).toBeGreaterThan(1e-6);
  });
});

describe('degradedWav', () => {
  it('gives the same recording the same noise, and leaves the samples as they are at 0 dB', async () => {
    const file = await readFile('test/fixtures/sense-and-sensibility-0870.wav');
    const [same] = parseDegradations('gain=0');
    const [noisy] = parseDegradations('snr=10');
    expect(await samplesOf(await degradedWav(file, same!, undefined))).toEqual(
      await samplesOf(wavOf(await samplesOf(file))),
    );
    const twice = [
      await degradedWav(file, noisy!, noise(9_000)),
      await degradedWav(file, noisy!, noise(9_000)),
    ];
    expect(twice[0]).toEqual(twice[1]);
  });
});
