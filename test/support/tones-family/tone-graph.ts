import { float32, GraphBuilder } from '../../../src/onnx-graphs/graph-builder.js';
import { frameSamples } from './tone-table.js';
import type { ToneTable } from './tone-table.js';

/**
 * | in  | `audio`  | [1, N]   | 16 kHz; N is a multiple of 800
 * | out | `levels` | [F, K]   | amplitude of each of K tones in each of F frames of 800 samples
 */
export function toneGraph({ frequencies }: ToneTable): Uint8Array {
  const g = new GraphBuilder();
  const count = frequencies.length;
  const frames = g.reshape(g.input('audio', 'float32', [1, 'N']), [-1, frameSamples]);
  const power = (phase: number): string => {
    // Shape (800, K), with a Hann window so that speech leaks little into the tones.
    const basis = Array.from({ length: frameSamples * count }, (_, at) => {
      const [sample, tone] = [Math.floor(at / count), at % count];
      const window = 1 - Math.cos((2 * Math.PI * sample) / frameSamples);
      const angle = (2 * Math.PI * frequencies[tone]! * sample) / 16_000 + phase;
      return (2 / frameSamples) * window * Math.cos(angle);
    });
    const product = g.op('MatMul', [
      frames,
      g.constant(`basis_${phase}`, float32(basis, [frameSamples, count])),
    ]);
    return g.op('Mul', [product, product]);
  };
  const levels = g.op('Sqrt', [g.op('Add', [power(0), power(Math.PI / 2)])]);
  g.output('levels', levels, 'float32', ['F', count]);
  return g.model('tones');
}
