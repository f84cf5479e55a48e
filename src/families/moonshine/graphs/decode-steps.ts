import { int64 } from '../../../onnx-graphs/graph-builder.js';
import type { GraphBuilder } from '../../../onnx-graphs/graph-builder.js';
import { loop } from '../../../onnx-graphs/loop.js';
import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';
import { allOf, chooseTokens, endAllowed, isEndOfText } from './decoder-interface.js';
import { decoderLayers } from './decoder-layers.js';
import type { KeyAndValue } from './decoder-layers.js';
import type { MoonshineSource } from './moonshine-source.js';
import { carriedPast, namedPast, pastOf } from './past.js';

/** Values of the graph around the steps. */
export interface StepsInput {
  /** int64 []: the most steps; all rows may end earlier. */
  readonly count: string;
  /** int64 [B, T]: the tokens that the first step takes; every other step takes one token of each row. */
  readonly ids: string;
  /** int64 [1]: the position of the first of them. */
  readonly position: string;
  /** bool [T, 1] */
  readonly endForbidden: string;
  readonly past: readonly KeyAndValue[];
  readonly cross: readonly KeyAndValue[];
  /** [B, 1, T, S] */
  readonly crossBias: string;
}

export interface StepsOutput {
  /** int64 [steps, B, T]: the choice after each token; one of steps and T is 1. */
  readonly tokens: string;
  /** [steps, B, T] */
  readonly logProbs: string;
  readonly past: readonly KeyAndValue[];
}

/** Greedy decoding, step by step: a step's choice is what the next one takes. */
export function decodeSteps(
  g: GraphBuilder,
  source: MoonshineSource,
  variant: MatmulVariant,
  { count, ids, position, endForbidden, past, cross, crossBias }: StepsInput,
): StepsOutput {
  // bool [B, T]: which rows have met end of text.
  const noneEnded = g.op('Less', [ids, g.constant('no_token', int64([0], []))]);
  const { carried, scanned } = loop(g, {
    prefix: 'step',
    rounds: count,
    carried: {
      ids: { initial: ids, type: 'int64', dims: ['B', 'T'] },
      position: { initial: position, type: 'int64', dims: [1] },
      end_forbidden: { initial: endForbidden, type: 'bool', dims: ['T', 1] },
      ended: { initial: noneEnded, type: 'bool', dims: ['B', 'T'] },
      ...carriedPast(source, past),
    },
    scanned: {
      tokens: { type: 'int64', dims: ['B', 'T'] },
      log_probs: { type: 'float32', dims: ['B', 'T'] },
    },
    body(b, taken) {
      const { logits, present } = decoderLayers(b, source, variant, {
        ids: taken.ids,
        position: taken.position,
        past: pastOf(taken, source.dimensions.layers),
        cross,
        crossBias,
      });
      const { tokens, logProbs } = chooseTokens(b, source, logits, taken.end_forbidden);
      const ended = b.op('Or', [taken.ended, isEndOfText(b, tokens)]);
      return {
        goOn: b.op('Not', [allOf(b, ended)]),
        next: {
          ids: tokens,
          position: b.op('Add', [taken.position, b.integers([1])]),
          end_forbidden: endAllowed(b),
          ended,
          ...namedPast(present),
        },
        scanned: { tokens, log_probs: logProbs },
      };
    },
  });
  return {
    tokens: scanned.tokens,
    logProbs: scanned.log_probs,
    past: pastOf(carried, source.dimensions.layers),
  };
}
