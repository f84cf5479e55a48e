import { GraphBuilder, int64 } from '../../../onnx-graphs/graph-builder.js';
import { loop } from '../../../onnx-graphs/loop.js';
import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';
import { decodeSteps } from './decode-steps.js';
import {
  allOf,
  crossBias,
  decoderInterface,
  dimension,
  endAllowed,
  float32Type,
  int32Type,
  isEndOfText,
  presentOutputs,
  tokenNumbers,
} from './decoder-interface.js';
import type { DecoderInterface } from './decoder-interface.js';
import type { MoonshineSource } from './moonshine-source.js';
import { carriedPast, namedPast, pastOf } from './past.js';

/**
 * Greedy decoding, a whole text in one call: a loop of rounds around a loop of steps. With a draft the first round is one
 * step over all of it, and keeps what is given and what agrees; the other round, and the only one without a draft, goes
 * token by token. graph-interface.ts documents inputs and outputs.
 *
 *     round 1: ids = start, prefix, draft   -> 1 step over T tokens  -> keep prefix and what agrees, cut the past
 *     round 2: ids = the last token kept    -> steps of one token    -> until all rows have ended, or max_steps
 */
export function decodeLoopGraph(source: MoonshineSource, variant: MatmulVariant): Uint8Array {
  const g = new GraphBuilder();
  const maxSteps = g.input('max_steps', 'int64', []);
  const prefixLength = g.input('prefix_length', 'int64', [1]);
  const inputs = decoderInterface(g, source, prefixLength);
  const noTokens = g.op('Unsqueeze', [
    g.op('Transpose', [g.op('Slice', [inputs.ids, g.integers([0]), g.integers([0]), g.integers([1])])]),
    g.integers([2]),
  ]); // int64 [0, B, 1]
  const { carried } = loop(g, {
    prefix: 'round',
    rounds: g.constant('rounds', int64([2], [])),
    carried: {
      ids: { initial: inputs.ids, type: 'int64', dims: ['B', 'T'] },
      position: { initial: inputs.pastLength, type: 'int64', dims: [1] },
      end_forbidden: { initial: inputs.endForbidden, type: 'bool', dims: ['T', 1] },
      tokens: { initial: noTokens, type: 'int64', dims: ['taken', 'B', 1] },
      log_probs: {
        initial: g.op('Cast', [noTokens], { attributes: { to: float32Type } }),
        type: 'float32',
        dims: ['taken', 'B', 1],
      },
      ...carriedPast(source, inputs.past),
    },
    scanned: {},
    body: (b, taken) => round(b, source, variant, { ...inputs, maxSteps, prefixLength }, taken),
  });
  g.output('tokens', carried.tokens, 'int64', ['steps', 'B', 1]);
  g.output('log_probs', carried.log_probs, 'float32', ['steps', 'B', 1]);
  presentOutputs(g, source, pastOf(carried, source.dimensions.layers), 'P1');
  return g.model('decode loop');
}

/** Besides the past. */
type RoundState = 'ids' | 'position' | 'end_forbidden' | 'tokens' | 'log_probs';

interface Outer extends Pick<DecoderInterface, 'cross' | 'encoderFrames'> {
  /** int64 [] */
  readonly maxSteps: string;
  /** int64 [1] */
  readonly prefixLength: string;
}

/** @param taken ids and position to go on from, where the text may not end, the text so far, and the past */
function round(
  g: GraphBuilder,
  source: MoonshineSource,
  variant: MatmulVariant,
  outer: Outer,
  taken: Readonly<Record<RoundState, string>>,
): { goOn: string; next: Record<RoundState, string>; scanned: Record<never, string> } {
  const { layers } = source.dimensions;
  const { ids } = taken;
  const hasDraft = g.op('Greater', [dimension(g, ids, 1), g.integers([1])]); // bool [1]
  const stepsLeft = g.op('Sub', [outer.maxSteps, dimension(g, taken.tokens, 0)]); // int64 [1]
  const count = g.op('Squeeze', [g.op('Where', [hasDraft, g.integers([1]), stepsLeft]), g.integers([0])]);
  const steps = decodeSteps(g, source, variant, {
    count,
    ids,
    position: taken.position,
    endForbidden: taken.end_forbidden,
    past: pastOf(taken, layers),
    cross: outer.cross,
    crossBias: crossBias(g, ids, outer),
  });

  const drafted = draftAfterEach(g, ids);
  const isGiven = g.op('And', [g.op('Less', [tokenNumbers(g, ids), outer.prefixLength]), hasDraft]); // bool [T]
  const choices = g.op('Where', [isGiven, drafted, steps.tokens]);
  const agreed = agreeingTokens(g, choices, drafted); // int64 [1]
  const kept = g.op('Where', [hasDraft, g.op('Add', [agreed, g.integers([1])]), dimension(g, choices, 0)]); // int64 [1]

  const oneByOne = (value: string) => {
    const shape = g.op('Concat', [g.integers([-1]), dimension(g, ids, 0), g.integers([1])], {
      attributes: { axis: 0 },
    });
    const inOrder = g.op('Transpose', [value], { attributes: { perm: [0, 2, 1] } });
    return g.op('Slice', [g.op('Reshape', [inOrder, shape]), g.integers([0]), kept, g.integers([0])]);
  };
  const tokens = oneByOne(choices); // [kept, B, 1]
  const last = g.op('Slice', [
    tokens,
    g.integers([-1]),
    g.integers([Number.MAX_SAFE_INTEGER]),
    g.integers([0]),
  ]);
  const tokensNow = g.op('Concat', [taken.tokens, tokens], { attributes: { axis: 0 } });
  const logProbsNow = g.op('Concat', [taken.log_probs, oneByOne(steps.logProbs)], {
    attributes: { axis: 0 },
  });
  const position = g.op('Add', [taken.position, kept]);
  const hasRoom = g.op('Greater', [outer.maxSteps, dimension(g, tokensNow, 0)]); // bool [1]
  const goOn = g.op('And', [g.op('And', [hasDraft, hasRoom]), g.op('Not', [allOf(g, isEndOfText(g, last))])]);
  // The rejected part of a draft is cut out of the past.
  const cut = (value: string) => g.op('Slice', [value, g.integers([0]), position, g.integers([2])]);
  return {
    goOn: g.op('Squeeze', [goOn, g.integers([0])]),
    next: {
      ids: g.op('Squeeze', [last, g.integers([0])]),
      position,
      end_forbidden: endAllowed(g),
      tokens: tokensNow,
      log_probs: logProbsNow,
      ...namedPast(steps.past.map(({ key, value }) => ({ key: cut(key), value: cut(value) }))),
    },
    scanned: {},
  };
}

/** int64 [B, T]: the draft's token after each of the ids; -1 after the last, where the choice is the model's in any case. */
function draftAfterEach(g: GraphBuilder, ids: string): string {
  const shifted = g.op('Slice', [
    ids,
    g.integers([1]),
    g.integers([Number.MAX_SAFE_INTEGER]),
    g.integers([1]),
  ]);
  const nothing = g.op('Expand', [
    g.constant('no_agreement', int64([-1], [1, 1])),
    g.op('Concat', [dimension(g, ids, 0), g.integers([1])], { attributes: { axis: 0 } }),
  ]);
  return g.op('Concat', [shifted, nothing], { attributes: { axis: 1 } });
}

/** int64 [1]: tokens of the draft before the first that the model did not choose. */
function agreeingTokens(g: GraphBuilder, choices: string, drafted: string): string {
  const firstStep = g.op('Slice', [choices, g.integers([0]), g.integers([1]), g.integers([0])]); // [1, B, T]
  const differs = g.op('Cast', [g.op('Not', [g.op('Equal', [firstStep, drafted])])], {
    attributes: { to: int32Type },
  });
  const inAnyRow = g.op('ReduceMax', [differs], { attributes: { axes: [0, 1], keepdims: 0 } });
  return g.op('ArgMax', [inAnyRow], { attributes: { axis: 0, keepdims: 1 } });
}
