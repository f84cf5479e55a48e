import { GraphBuilder, int64 } from '../../../onnx-graphs/graph-builder.js';
import { loop } from '../../../onnx-graphs/loop.js';
import type { Carried } from '../../../onnx-graphs/loop.js';
import type { MatmulVariant } from '../../../onnx-graphs/matmul-variants.js';
import { decoderLayers } from './decoder-layers.js';
import type { KeyAndValue } from './decoder-layers.js';
import { specialCount } from './graph-interface.js';
import type { SpecialTokens } from './graph-interface.js';
import {
  allowedRows,
  allowedTokens,
  chooseLanguage,
  chooseToken,
  specialProbabilities,
  tokenProbabilities,
} from './token-choice.js';
import type { WhisperWeights } from './whisper-weights.js';

/** Numbers of ONNX's TensorProto.DataType. */
const int32Type = 6;
const boolType = 9;

/**
 * Greedy decoding, a whole text in one call. graph-interface.ts documents inputs and outputs.
 *
 *     round 0: ids = prompt, start of transcript -> probabilities of languages and of no speech; the language
 *     round 1: ids = language, task, no time stamps -> the first token of text
 *     round 2 and later: ids = the token before -> the next token, until all rows have ended, or max_steps
 */
export function decodeLoopGraph(
  weights: WhisperWeights,
  tokens: SpecialTokens,
  variant: MatmulVariant,
): Uint8Array {
  const g = new GraphBuilder();
  const ids = g.input('ids', 'int64', ['B', 'T']);
  const languageMask = g.input('language_mask', 'float32', ['B', specialCount(tokens)]);
  const tail = g.input('tail', 'int64', ['B', 'F']);
  const maxSteps = g.input('max_steps', 'int64', []);
  const forbidEnd = g.input('forbid_end', 'bool', []);
  const cross = crossInputs(g, weights);

  const allowed = g.constant('allowed', allowedTokens(tokens));
  const row = (number: number) => g.constant(`row_${number}`, int64([number], []));
  const firstRow = g.op('Where', [forbidEnd, row(allowedRows.first), row(allowedRows.firstOrEnd)]);
  const tailLength = g.op('Shape', [tail], { attributes: { start: 1 } }); // int64 [1]
  const batch = g.op('Shape', [ids], { attributes: { start: 0, end: 1 } });
  const hasLanguage = Object.keys(tokens.languages).length > 0;

  const { carried, scanned } = loop(g, {
    prefix: 'step',
    rounds: g.op('Add', [maxSteps, g.constant('one', int64([1], []))]),
    carried: {
      ids: { initial: ids, type: 'int64', dims: ['B', 'T'], nextDims: ['B', 'T1'] },
      position: { initial: g.integers([0]), type: 'int64', dims: [1] },
      ended: { initial: noneEnded(g, batch), type: 'bool', dims: ['B', 1] },
      ...emptyPast(g, weights, batch),
    },
    scanned: {
      tokens: { type: 'int64', dims: ['B', 1] },
      log_probs: { type: 'float32', dims: ['B', 1] },
      special: { type: 'float32', dims: ['B', specialCount(tokens)] },
    },
    body(b, taken, number) {
      const isNumber = (value: number) =>
        b.op('Equal', [number, b.constant(`number_${value}`, int64([value], []))]);
      const past = pastOf(taken, weights.dimensions.decoderLayers);
      const { last, present } = decoderLayers(b, weights, variant, { ...taken, past, cross });
      const probabilities = tokenProbabilities(b, weights, tokens, variant, last);
      const special = specialProbabilities(b, probabilities, tokens);
      const allowedRow = b.op('Where', [isNumber(1), firstRow, b.constant('later', int64([0], []))]);
      const choice = chooseToken(b, tokens, probabilities, b.op('Gather', [allowed, allowedRow]));
      const language = chooseLanguage(b, tokens, special, languageMask);
      const isFirst = isNumber(0);
      const token = b.op('Where', [isFirst, language, choice.token]);
      // Language and tail after the first round, and the chosen token after each other one.
      const after = b.op('Concat', [language, tail, choice.token], { attributes: { axis: 1 } });
      const chosenAt = b.op('Add', [tailLength, b.integers([1])]);
      const next = b.op('Slice', [
        after,
        b.op('Where', [isFirst, b.integers([hasLanguage ? 0 : 1]), chosenAt]),
        b.op('Where', [isFirst, chosenAt, b.integers([Number.MAX_SAFE_INTEGER])]),
        b.integers([1]),
      ]);
      const length = b.op('Shape', [taken.ids], { attributes: { start: 1, end: 2 } });
      const ended = b.op('Or', [taken.ended, b.op('Equal', [token, b.integers([tokens.endOfText])])]);
      return {
        goOn: b.op('Not', [allOf(b, ended)]),
        next: { ids: next, position: b.op('Add', [taken.position, length]), ended, ...namedPast(present) },
        scanned: { tokens: token, log_probs: choice.logProb, special },
      };
    },
  });
  void carried;
  g.output('tokens', scanned.tokens, 'int64', ['steps', 'B', 1]);
  g.output('log_probs', scanned.log_probs, 'float32', ['steps', 'B', 1]);
  const first = g.op('Gather', [scanned.special, g.constant('first_step', int64([0], []))]);
  g.output('special_probs', first, 'float32', ['B', specialCount(tokens)]);
  return g.model('decode loop');
}

function crossInputs(
  g: GraphBuilder,
  { dimensions: { decoderLayers: layers, heads, width } }: WhisperWeights,
): KeyAndValue[] {
  const dims = ['B', heads, 'S', width / heads + 1];
  return Array.from({ length: layers }, (_, layer) => ({
    key: g.input(`cross_key_${layer}`, 'float32', dims),
    value: g.input(`cross_value_${layer}`, 'float32', dims),
  }));
}

/** bool [B, 1] */
function noneEnded(g: GraphBuilder, batch: string): string {
  return g.op('Expand', [
    g.constant('not_ended', { type: 'bool', dims: [1, 1], data: Uint8Array.of(0) }),
    g.op('Concat', [batch, g.integers([1])], { attributes: { axis: 0 } }),
  ]);
}

/** No positions yet, as values that the loop carries: `past_key_0`, `past_value_0`, `past_key_1` … */
function emptyPast(
  g: GraphBuilder,
  { dimensions: { decoderLayers: layers, heads, width } }: WhisperWeights,
  batch: string,
): Readonly<Record<string, Carried>> {
  const size = width / heads;
  const dims = g.op('Concat', [batch, g.integers([heads, 0, size])], { attributes: { axis: 0 } });
  const carried: Carried = {
    initial: g.op('ConstantOfShape', [dims]),
    type: 'float32',
    dims: ['B', heads, 'past', size],
    nextDims: ['B', heads, 'present', size],
  };
  const names = Array.from({ length: layers }, (_, layer) => [`past_key_${layer}`, `past_value_${layer}`]);
  return Object.fromEntries(names.flat().map((name) => [name, carried]));
}

function namedPast(past: readonly KeyAndValue[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    past.flatMap(({ key, value }, layer) => [
      [`past_key_${layer}`, key],
      [`past_value_${layer}`, value],
    ]),
  );
}

function pastOf(values: Readonly<Record<string, string>>, layers: number): KeyAndValue[] {
  return Array.from({ length: layers }, (_, layer) => ({
    key: values[`past_key_${layer}`]!,
    value: values[`past_value_${layer}`]!,
  }));
}

/** bool []: whether all values are true. */
function allOf(g: GraphBuilder, values: string): string {
  const numbers = g.op('Cast', [values], { attributes: { to: int32Type } });
  return g.op('Cast', [g.op('ReduceMin', [numbers], { attributes: { keepdims: 0 } })], {
    attributes: { to: boolType },
  });
}
