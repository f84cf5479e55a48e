import { GraphBuilder, bool, int64 } from '../graph-builder.js';
import type { onnx } from 'onnx-proto';
import type { MatmulVariant } from '../matmul-variants.js';
import {
  type DecoderInterface,
  chooseTokens,
  decoderInterface,
  isEndOfText,
  presentOutputs,
} from './decoder-interface.js';
import { type KeyAndValue, decoderLayers } from './decoder-layers.js';
import type { MoonshineSource } from './moonshine-source.js';

/** Greedy decoding, many steps in one call. Inputs and outputs are told in compiled-model.ts. */
export function decodeLoopGraph(source: MoonshineSource, variant: MatmulVariant): Uint8Array {
  const g = new GraphBuilder();
  const maxSteps = g.input('max_steps', 'int64', []);
  const inputs = decoderInterface(g, source);
  const { layers } = source.dimensions;
  // bool [B, T]: which rows have met end of text.
  const noneEnded = g.op('Less', [inputs.ids, g.constant('no_token', int64([0], []))]);
  const results = g.ops(
    'Loop',
    [
      maxSteps,
      g.constant('true', bool(true)),
      inputs.ids,
      inputs.pastLength,
      inputs.endForbidden,
      noneEnded,
      ...inputs.past.flatMap(({ key, value }) => [key, value]),
    ],
    4 + 2 * layers + 2,
    { attributes: { body: loopBody(source, variant, inputs) } },
  );
  const present = Array.from({ length: layers }, (_, layer) => ({
    key: results[4 + 2 * layer] as string,
    value: results[5 + 2 * layer] as string,
  }));
  const [tokens, logProbs] = results.slice(-2) as [string, string];
  g.output('tokens', tokens, 'int64', ['steps', 'B', 'T']);
  g.output('log_probs', logProbs, 'float32', ['steps', 'B', 'T']);
  presentOutputs(g, source, present, 'P1');
  return g.model('decode loop');
}

/**
 * One step: what it takes is what it gives for the next one, and two scan outputs. The encoder's keys and values and
 * their bias are those of the graph around it.
 */
function loopBody(
  source: MoonshineSource,
  variant: MatmulVariant,
  outer: DecoderInterface,
): onnx.IGraphProto {
  const { layers, heads, headSize } = source.dimensions;
  const g = new GraphBuilder('body/');
  g.input('body/step', 'int64', []);
  g.input('body/go_on', 'bool', []);
  const ids = g.input('body/ids', 'int64', ['B', 'T']);
  const position = g.input('body/position', 'int64', [1]);
  const endForbidden = g.input('body/end_forbidden', 'bool', ['T', 1]);
  const ended = g.input('body/ended', 'bool', ['B', 'T']);
  const past: KeyAndValue[] = Array.from({ length: layers }, (_, layer) => ({
    key: g.input(`body/past_key_${layer}`, 'float32', ['B', heads, 'past', headSize]),
    value: g.input(`body/past_value_${layer}`, 'float32', ['B', heads, 'past', headSize]),
  }));

  const { logits, present } = decoderLayers(g, source, variant, {
    ids,
    position,
    past,
    cross: outer.cross,
    crossBias: outer.crossBias,
  });
  const { tokens, logProbs } = chooseTokens(g, source, logits, endForbidden);
  const endedNow = g.op('Or', [ended, isEndOfText(g, tokens)]); // bool [B, T]
  const asNumbers = g.op('Cast', [endedNow], { attributes: { to: int32Type } });
  const allEnded = g.op('Cast', [g.op('ReduceMin', [asNumbers], { attributes: { keepdims: 0 } })], {
    attributes: { to: boolType },
  });

  g.output('body/next_go_on', g.op('Not', [allEnded]), 'bool', []);
  g.output('body/next_ids', tokens, 'int64', ['B', 'T']);
  g.output('body/next_position', g.op('Add', [position, g.integers([1])]), 'int64', [1]);
  const never = g.constant('never', { type: 'bool', dims: [1, 1], data: Uint8Array.of(0) });
  g.output('body/next_end_forbidden', never, 'bool', ['T', 1]);
  g.output('body/next_ended', endedNow, 'bool', ['B', 'T']);
  for (const [layer, { key, value }] of present.entries()) {
    g.output(`body/present_key_${layer}`, key, 'float32', ['B', heads, 'present', headSize]);
    g.output(`body/present_value_${layer}`, value, 'float32', ['B', heads, 'present', headSize]);
  }
  g.output('body/tokens', tokens, 'int64', ['B', 'T']);
  g.output('body/log_probs', logProbs, 'float32', ['B', 'T']);
  return g.graph('decode step');
}

/** Numbers of ONNX's TensorProto.DataType. */
const int32Type = 6;
const boolType = 9;
