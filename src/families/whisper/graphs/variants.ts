import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';

/** The products of encoder and decoder: `<both>`, or `<encoder>-<decoder>`; matmul-variants.ts documents each. */
export function productsOf(variant: string): {
  readonly encoder: MatmulVariant;
  readonly decoder: MatmulVariant;
} {
  const [encoder, decoder = encoder] = variant.split('-') as [MatmulVariant, MatmulVariant?];
  return { encoder, decoder };
}

/** Whether the weights have 8 bits from the beginning; `dq7` rounds floats by itself. */
export function isRounded(variant: MatmulVariant): boolean {
  return variant === 'dq' || variant === 'rq';
}
