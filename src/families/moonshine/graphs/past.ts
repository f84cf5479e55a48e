import type { Carried } from '../../../onnx-graphs/loop.js';
import type { KeyAndValue } from './decoder-layers.js';
import type { MoonshineSource } from './moonshine-source.js';

/** The past of each layer as values that a loop carries: `past_key_0`, `past_value_0`, `past_key_1` … */
export function carriedPast(
  { dimensions: { heads, headSize } }: MoonshineSource,
  past: readonly KeyAndValue[],
): Readonly<Record<string, Carried>> {
  const carried = (initial: string): Carried => ({
    initial,
    type: 'float32',
    dims: ['B', heads, 'past', headSize],
    nextDims: ['B', heads, 'present', headSize],
  });
  const entries = Object.entries(namedPast(past)).map(([name, value]) => [name, carried(value)] as const);
  return Object.fromEntries(entries);
}

export function namedPast(past: readonly KeyAndValue[]): Readonly<Record<string, string>> {
  const entries = past.flatMap(({ key, value }, layer) => [
    [`past_key_${layer}`, key] as const,
    [`past_value_${layer}`, value] as const,
  ]);
  return Object.fromEntries(entries);
}

/** The opposite of `namedPast`. */
export function pastOf(values: Readonly<Record<string, string>>, layers: number): KeyAndValue[] {
  return Array.from({ length: layers }, (_, layer) => ({
    key: values[`past_key_${layer}`]!,
    value: values[`past_value_${layer}`]!,
  }));
}
