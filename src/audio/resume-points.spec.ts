import { describe, expect, it } from 'vitest';
import { bytesOf, chunk, formatChunk, riff, wav } from '../../test/support/wav-writer.js';
import { ResumePoints } from './resume-points.js';

const linear16 = { encoding: 'linear16', sampleRate: 16_000, channels: 1 } as const;
const samples = new Uint8Array(60_000).map((_, at) => at >> 3);

function pointAfter(bytes: Uint8Array, declared?: ConstructorParameters<typeof ResumePoints>[0]): unknown {
  const points = new ResumePoints(declared);
  for (let at = 0; at < bytes.length; at += 20_000) points.push(bytes.subarray(at, at + 20_000));
  return points.current;
}

describe('ResumePoints', () => {
  it('stands after samples with the header, the number of bytes between and the last bytes', () => {
    const bytes = wav(samples).subarray(0, -100);
    expect(pointAfter(bytes)).toEqual({
      head: bytes.subarray(0, 44),
      end: 60_044,
      blockBytes: 2,
      zeros: bytes.length - 44 - 4_096,
      recent: bytes.subarray(-4_096),
    });
  });

  it('stands after samples without a header', () => {
    expect(pointAfter(samples, linear16)).toMatchObject({ head: new Uint8Array(0), end: Infinity });
    expect(pointAfter(samples)).toBeUndefined();
    expect(pointAfter(samples, { ...linear16, encoding: 'g722' })).toMatchObject({ blockBytes: 1 });
  });

  it('does not stand after the claimed end of the samples', () => {
    expect(pointAfter(riff(formatChunk(), chunk('data', samples, 50_000)))).toBeUndefined();
    expect(pointAfter(bytesOf(wav(samples), new Uint8Array(1)))).toBeUndefined();
  });

  it.each([30_000, 39_990, 39_999, 40_000])('does not stand after a further header, at %i', (at) => {
    const joined = bytesOf(wav(samples.subarray(0, at)), wav(samples));
    const streamed = riff(formatChunk(), chunk('data', joined, 0xffff_ffff));
    expect(pointAfter(streamed)).toBeUndefined();
  });

  it('stands in blocks with all of the last one', () => {
    const bytes = wav(samples, { tag: 0x11, bits: 4, blockBytes: 10_000 });
    expect(pointAfter(bytes)).toMatchObject({ blockBytes: 10_000, recent: bytes.subarray(-10_000) });
  });

  it('does not stand near the beginning', () => {
    expect(pointAfter(wav(samples).subarray(0, 5_000))).toBeUndefined();
  });

  it('goes on from a point', () => {
    const bytes = wav(samples);
    const first = new ResumePoints(undefined);
    first.push(bytes.subarray(0, 30_000));
    const second = new ResumePoints(undefined, first.current);
    for (const points of [first, second]) points.push(bytes.subarray(30_000));
    expect(second.current).toEqual(first.current);
    expect(second.current).toBeDefined();
  });
});
