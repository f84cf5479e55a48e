import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';

/** `<weights and activations>`, or `<encoder>-<decoder>`; matmul-variants.ts documents each. */
export const variants = ['dq', 'rq', 'dq7', 'f32', 'dq-rq', 'f32-dq', 'f32-rq'] as const;
export type Variant = (typeof variants)[number];

/** The products of encoder and decoder. */
export function productsOf(variant: string): {
  readonly encoder: MatmulVariant;
  readonly decoder: MatmulVariant;
} {
  const [encoder, decoder = encoder] = variant.split('-') as [MatmulVariant, MatmulVariant?];
  return { encoder, decoder };
}

/**
 * Whether the decoder gives a row of a batch exactly what it gives it alone: with a scale of activations for each row it
 * does (measured on the whole corpus). One scale for all rows does not, and floats are rounded otherwise in a batch.
 */
export function isBatchInvariant(variant: string): boolean {
  return productsOf(variant).decoder === 'rq';
}
