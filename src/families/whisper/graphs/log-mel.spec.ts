import { beforeAll, describe, expect, it } from 'vitest';
import { float32, noise, numbers, openGraph } from '../../../../test/support/graphs.js';
import type { Graph } from '../../../../test/support/graphs.js';
import { plainLogMel } from '../../../../test/support/plain-whisper.js';
import { GraphBuilder } from '../../../onnx-graphs/graph-builder.js';
import { logMel, slaneyFilters } from './log-mel.js';

const samples = 4_800;

function melGraph(bands: number): Promise<Graph> {
  const g = new GraphBuilder();
  const audio = g.input('audio', 'float32', [1, 'N']);
  g.output('mel', logMel(g, audio, bands), 'float32', [1, bands, 'F']);
  return openGraph(g.model('mel'));
}

/** A tone that swells in a little noise, and digital silence at the end. */
const audio = noise(samples).map((value, at) =>
  at > 4_000 ? 0 : 1e-3 * value + (at / samples) * 0.5 * Math.sin(at / 7),
);

describe.each([80, 128])('logMel with %i bands', (bands) => {
  let graph: Graph;
  const mel = async (input: Float32Array) =>
    numbers(await graph.run({ audio: float32(input, [1, input.length]) }), 'mel');

  beforeAll(async () => {
    graph = await melGraph(bands);
  });

  it('is the transform by its definition', async () => {
    const plain = plainLogMel(audio, slaneyFilters(bands).data);
    const actual = await mel(audio);
    expect(actual).toHaveLength((bands * samples) / 160);
    for (let band = 0; band < bands; band++) {
      plain.forEach((row, frame) => {
        expect(Math.abs(actual[band * plain.length + frame]! - row[band]!)).toBeLessThan(1e-3);
      });
    }
  });

  it('gives silence the least energy that it knows', async () => {
    for (const value of await mel(new Float32Array(samples))) expect(value).toBeCloseTo(-1.5, 5);
  });
});

describe('slaneyFilters', () => {
  // As numpy computes them in doubles.
  it.each([
    [80, 0, 1, 0.024862595],
    [80, 79, 192, 0.0031647116],
    [128, 0, 1, 0.012373987],
    [128, 127, 195, 0.0050416016],
  ])('has with %i bands the heights of other programs', (bands, band, bin, height) => {
    expect(slaneyFilters(bands).data[band * 201 + bin]).toBeCloseTo(height, 8);
  });
});
