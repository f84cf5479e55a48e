import type { onnx } from 'onnx-proto';
import { GraphBuilder, bool, int64 } from '../../../onnx-graphs/graph-builder.js';
import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';
import {
  type DecoderInterface,
  chooseTokens,
  crossBias,
  decoderInterface,
  dimension,
  int32Type,
  isEndOfText,
  presentOutputs,
  tokenNumbers,
} from './decoder-interface.js';
import { type KeyAndValue, decoderLayers } from './decoder-layers.js';
import type { MoonshineSource } from './moonshine-source.js';

/**
 * Greedy decoding, a whole text in one call: a loop of rounds around a loop of steps. With a draft the first round is one
 * step over all of it, and keeps what is given and what agrees; the other round, and the only one without a draft, goes token by token.
 * graph-interface.ts documents inputs and outputs.
 */
export function decodeLoopGraph(source: MoonshineSource, variant: MatmulVariant): Uint8Array {
  const g = new GraphBuilder();
  const maxSteps = g.input('max_steps', 'int64', []);
  const prefixLength = g.input('prefix_length', 'int64', [1]);
  const inputs = decoderInterface(g, source, prefixLength);
  const { layers } = source.dimensions;
  const noTokens = g.op('Unsqueeze', [
    g.op('Transpose', [g.op('Slice', [inputs.ids, g.integers([0]), g.integers([0]), g.integers([1])])]),
    g.integers([2]),
  ]); // int64 [0, B, 1]
  const results = g.ops(
    'Loop',
    [
      g.constant('rounds', int64([2], [])),
      g.constant('true', bool(true)),
      inputs.ids,
      inputs.pastLength,
      inputs.endForbidden,
      noTokens,
      g.op('Cast', [noTokens], { attributes: { to: float32Type } }),
      ...inputs.past.flatMap(({ key, value }) => [key, value]),
    ],
    5 + 2 * layers,
    { attributes: { body: round(source, variant, { ...inputs, maxSteps, prefixLength }) } },
  );
  g.output('tokens', results[3] as string, 'int64', ['steps', 'B', 1]);
  g.output('log_probs', results[4] as string, 'float32', ['steps', 'B', 1]);
  presentOutputs(g, source, pairsFrom(results, 5, layers), 'P1');
  return g.model('decode loop');
}

interface Outer extends Pick<DecoderInterface, 'cross' | 'encoderFrames'> {
  /** int64 [] */
  readonly maxSteps: string;
  /** int64 [1] */
  readonly prefixLength: string;
}

/** Carries the ids to go on from, their position, where the text may not end, the text so far, and the past. */
function round(source: MoonshineSource, variant: MatmulVariant, outer: Outer): onnx.IGraphProto {
  const { layers } = source.dimensions;
  const g = new GraphBuilder('round/');
  g.input('round/number', 'int64', []);
  g.input('round/go_on', 'bool', []);
  const ids = g.input('round/ids', 'int64', ['B', 'T']);
  const position = g.input('round/position', 'int64', [1]);
  const endForbidden = g.input('round/end_forbidden', 'bool', ['T', 1]);
  const tokensBefore = g.input('round/tokens_before', 'int64', ['taken', 'B', 1]);
  const logProbsBefore = g.input('round/log_probs_before', 'float32', ['taken', 'B', 1]);
  const past = pastInputs(g, source);

  const length = dimension(g, ids, 1);
  const hasDraft = g.op('Greater', [length, g.integers([1])]); // bool [1]
  const stepsLeft = g.op('Sub', [outer.maxSteps, dimension(g, tokensBefore, 0)]); // int64 [1]
  const steps = g.op('Squeeze', [g.op('Where', [hasDraft, g.integers([1]), stepsLeft]), g.integers([0])]);
  const bias = crossBias(g, ids, outer);
  // bool [B, T]: which rows have met end of text.
  const noneEnded = g.op('Less', [ids, g.constant('no_token', int64([0], []))]);
  const results = g.ops(
    'Loop',
    [
      steps,
      g.constant('true', bool(true)),
      ids,
      position,
      endForbidden,
      noneEnded,
      ...past.flatMap(({ key, value }) => [key, value]),
    ],
    4 + 2 * layers + 2,
    { attributes: { body: step(source, variant, { cross: outer.cross, crossBias: bias }) } },
  );
  const [chosen, logProbs] = results.slice(-2) as [string, string]; // [steps, B, T]: one of steps and T is 1

  // After the draft's last token the choice is the model's own in any case.
  const drafted = g.op(
    'Concat',
    [
      g.op('Slice', [ids, g.integers([1]), g.integers([Number.MAX_SAFE_INTEGER]), g.integers([1])]),
      g.op('Expand', [
        g.constant('no_agreement', int64([-1], [1, 1])),
        g.op('Concat', [dimension(g, ids, 0), g.integers([1])], { attributes: { axis: 0 } }),
      ]),
    ],
    { attributes: { axis: 1 } },
  ); // int64 [B, T]
  const isGiven = g.op('And', [g.op('Less', [tokenNumbers(g, ids), outer.prefixLength]), hasDraft]); // bool [T]
  const choices = g.op('Where', [isGiven, drafted, chosen]);
  const firstStep = g.op('Slice', [choices, g.integers([0]), g.integers([1]), g.integers([0])]); // [1, B, T]
  const differs = g.op('Cast', [g.op('Not', [g.op('Equal', [firstStep, drafted])])], {
    attributes: { to: int32Type },
  });
  const agreed = g.op(
    'ArgMax',
    [g.op('ReduceMax', [differs], { attributes: { axes: [0, 1], keepdims: 0 } })],
    {
      attributes: { axis: 0, keepdims: 1 },
    },
  ); // int64 [1]: tokens of the draft before the first difference
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
  const tokensNow = g.op('Concat', [tokensBefore, tokens], { attributes: { axis: 0 } });
  const logProbsNow = g.op('Concat', [logProbsBefore, oneByOne(logProbs)], { attributes: { axis: 0 } });
  const nextPosition = g.op('Add', [position, kept]);
  const hasRoom = g.op('Greater', [outer.maxSteps, dimension(g, tokensNow, 0)]); // bool [1]
  const goOn = g.op('And', [g.op('And', [hasDraft, hasRoom]), g.op('Not', [allOf(g, isEndOfText(g, last))])]);

  g.output('round/next_go_on', g.op('Squeeze', [goOn, g.integers([0])]), 'bool', []);
  g.output('round/next_ids', g.op('Squeeze', [last, g.integers([0])]), 'int64', ['B', 'T']);
  g.output('round/next_position', nextPosition, 'int64', [1]);
  g.output('round/next_end_forbidden', never(g), 'bool', ['T', 1]);
  g.output('round/tokens', tokensNow, 'int64', ['taken', 'B', 1]);
  g.output('round/log_probs', logProbsNow, 'float32', ['taken', 'B', 1]);
  // What the layers made of the rejected part of a draft is cut off.
  const cut = (value: string) => g.op('Slice', [value, g.integers([0]), nextPosition, g.integers([2])]);
  presentNamed(
    g,
    source,
    pairsFrom(results, 4, layers).map(({ key, value }) => ({ key: cut(key), value: cut(value) })),
  );
  return g.graph('round');
}

/**
 * One step: what it takes is what it gives for the next one, and two scan outputs. The encoder's keys and values and
 * their bias are those of the graphs around it.
 */
function step(
  source: MoonshineSource,
  variant: MatmulVariant,
  outer: { readonly cross: readonly KeyAndValue[]; readonly crossBias: string },
): onnx.IGraphProto {
  const g = new GraphBuilder('body/');
  g.input('body/step', 'int64', []);
  g.input('body/go_on', 'bool', []);
  const ids = g.input('body/ids', 'int64', ['B', 'T']);
  const position = g.input('body/position', 'int64', [1]);
  const endForbidden = g.input('body/end_forbidden', 'bool', ['T', 1]);
  const ended = g.input('body/ended', 'bool', ['B', 'T']);
  const past = pastInputs(g, source);

  const { logits, present } = decoderLayers(g, source, variant, { ids, position, past, ...outer });
  const { tokens, logProbs } = chooseTokens(g, source, logits, endForbidden);
  const endedNow = g.op('Or', [ended, isEndOfText(g, tokens)]); // bool [B, T]

  g.output('body/next_go_on', g.op('Not', [allOf(g, endedNow)]), 'bool', []);
  g.output('body/next_ids', tokens, 'int64', ['B', 'T']);
  g.output('body/next_position', g.op('Add', [position, g.integers([1])]), 'int64', [1]);
  g.output('body/next_end_forbidden', never(g), 'bool', ['T', 1]);
  g.output('body/next_ended', endedNow, 'bool', ['B', 'T']);
  presentNamed(g, source, present);
  g.output('body/tokens', tokens, 'int64', ['B', 'T']);
  g.output('body/log_probs', logProbs, 'float32', ['B', 'T']);
  return g.graph('decode step');
}

function pastInputs(g: GraphBuilder, source: MoonshineSource): KeyAndValue[] {
  const { layers, heads, headSize } = source.dimensions;
  const dims = ['B', heads, 'past', headSize];
  return Array.from({ length: layers }, (_, layer) => ({
    key: g.input(`${g.prefix}past_key_${layer}`, 'float32', dims),
    value: g.input(`${g.prefix}past_value_${layer}`, 'float32', dims),
  }));
}

function presentNamed(g: GraphBuilder, source: MoonshineSource, present: readonly KeyAndValue[]): void {
  const { heads, headSize } = source.dimensions;
  const dims = ['B', heads, 'present', headSize];
  for (const [layer, { key, value }] of present.entries()) {
    g.output(`${g.prefix}present_key_${layer}`, key, 'float32', dims);
    g.output(`${g.prefix}present_value_${layer}`, value, 'float32', dims);
  }
}

/** The keys and values among the results of a loop, where those of layer 0 stand at `first`. */
function pairsFrom(results: readonly string[], first: number, layers: number): KeyAndValue[] {
  return Array.from({ length: layers }, (_, layer) => ({
    key: results[first + 2 * layer] as string,
    value: results[first + 1 + 2 * layer] as string,
  }));
}

/** bool []: whether all values are true. */
function allOf(g: GraphBuilder, values: string): string {
  const numbers = g.op('Cast', [values], { attributes: { to: int32Type } });
  return g.op('Cast', [g.op('ReduceMin', [numbers], { attributes: { keepdims: 0 } })], {
    attributes: { to: boolType },
  });
}

/** bool [1, 1]: the text may end. */
function never(g: GraphBuilder): string {
  return g.constant('never', { type: 'bool', dims: [1, 1], data: Uint8Array.of(0) });
}

/** Numbers of ONNX's TensorProto.DataType. */
const float32Type = 1;
const boolType = 9;
