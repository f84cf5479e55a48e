// @module-tag slow
import { describe, expect, it } from 'vitest';
import { whisperBaseCondition, whisperBaseFolder as folder } from '../../../../test/support/whisper-base.js';
import { openCTranslate2Source } from './ctranslate2-source.js';

/** Sum, and sum of absolute values, in doubles, as numpy adds them. */
const sums: readonly (readonly [name: string, sum: number, absolute: number])[] = [
  ['conv1.weight', 89.30438166856766, 3159.8438697457314],
  ['conv2.bias', -392.8280601501465, 677.9101600646973],
  ['encoder.positions', 159468.28084039688, 481338.76433610916],
  ['embedding', 517946.0272909999, 585490.5865078568],
  ['decoder.positions', -14.070241034030914, 1714.417307317257],
  ['encoder.norm.scale', 691.71728515625, 691.71728515625],
  ['encoder.5.self.key.weight', -8.728100955486298, 4623.715034663677],
  ['decoder.3.cross.value.weight', -5.9670960903167725, 3674.7464104890823],
  ['decoder.3.cross.key.bias', 0, 0],
  ['decoder.2.feed.second.weight', 47.72506093978882, 17483.902664661407],
];

describe.skipIf(folder === undefined)(`whisper-base${whisperBaseCondition}`, () => {
  it('has the dimensions and the numbers that numpy reads', async () => {
    const source = await openCTranslate2Source(folder ?? '');
    expect(source.dimensions).toEqual({
      width: 512,
      heads: 8,
      encoderLayers: 6,
      decoderLayers: 6,
      feedForward: 2048,
      melBands: 80,
      tokens: 51_865,
      audioPositions: 1500,
      textPositions: 448,
    });
    for (const [name, sum, absolute] of sums) {
      const numbers = await source.readNumbers(name);
      let total = 0;
      let size = 0;
      for (const number of numbers) {
        total += number;
        size += Math.abs(number);
      }
      expect(total, name).toBeCloseTo(sum, 6);
      expect(size, name).toBeCloseTo(absolute, 6);
    }
    await source.close();
  });
});
