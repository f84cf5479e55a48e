import { describe, expect, it } from 'vitest';
import { SampleBuffer } from './sample-buffer.js';

const ramp = (from: number, length: number) => Float32Array.from({ length }, (_, at) => from + at);

describe('SampleBuffer', () => {
  it('gives the samples that were appended, whatever was forgotten before them', () => {
    const buffer = new SampleBuffer();
    for (let at = 0; at < 100_000; at += 1_000) {
      buffer.append(ramp(at, 1_000));
      buffer.forgetBefore(at - 5_000);
    }
    expect([...buffer.copy(97_000, 97_003, 0)]).toEqual([97_000, 97_001, 97_002]);
    expect(buffer.end).toBe(100_000);
  });

  it('clips to what is there and puts zeros around it', () => {
    const buffer = new SampleBuffer();
    buffer.append(ramp(1, 3));
    expect([...buffer.copy(-5, 10, 2)]).toEqual([0, 0, 1, 2, 3, 0, 0]);
  });
});
