import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../../test/support/decode-bytes.js';
import { gsmBlocks } from '../../../test/support/gsm-writer.js';
import { randomNumbers } from '../../../test/support/random-numbers.js';
import { wav } from '../../../test/support/wav-writer.js';

const gsm = (bytes: Uint8Array) => wav(bytes, { tag: 0x31, bits: 0, blockBytes: 65, sampleRate: 8_000 });
const blocks = gsmBlocks(1_000, randomNumbers(20_261_127));

describe('createGsmCodec', () => {
  it('decodes random frames to the samples of an independent decoder', () => {
    const { format, samples, seconds } = decodeBytes(gsm(blocks));
    expect(format).toEqual({ container: 'wav', encoding: 'gsm', sampleRate: 8_000, channels: 1 });
    expect(seconds).toBe(40);
    const pcm = Int16Array.from(samples, (sample) => sample * 32_768);
    expect(createHash('sha256').update(pcm).digest('hex')).toBe(
      'ccc85cee2faef364c3f7971d1a7925a5dd7b788135570a0ff6de952b107b2642',
    );
  });

  it('decodes the same samples however the bytes are cut, and the first frame of a block that is cut short', () => {
    const bytes = gsm(blocks.subarray(0, 10 * 65));
    const whole = decodeBytes(bytes).samples;
    for (const pieceBytes of [1, 33, 64, 100])
      expect(decodeBytes(bytes, () => pieceBytes).samples).toEqual(whole);
    expect(decodeBytes(bytes.subarray(0, -30)).samples).toEqual(whole.slice(0, -160));
  });

  it('stays within [-1, 1] for any bytes, and ignores impossible lags', () => {
    const random = randomNumbers(7);
    const bytes = Uint8Array.from({ length: 65_000 }, () => Math.floor(random() * 256));
    const { samples } = decodeBytes(gsm(bytes));
    expect(samples).toHaveLength(320_000);
    expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
  });
});
