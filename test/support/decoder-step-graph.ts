import { GraphBuilder } from '../../src/onnx-graphs/graph-builder.js';
import type { MatmulVariant } from '../../src/onnx-graphs/matmul-variants.js';
import {
  chooseTokens,
  crossBias,
  decoderInterface,
  presentOutputs,
  spokenTokens,
} from '../../src/families/moonshine/graphs/decoder-interface.js';
import { decoderLayers } from '../../src/families/moonshine/graphs/decoder-layers.js';
import type { MoonshineSource } from '../../src/families/moonshine/graphs/moonshine-source.js';

/**
 * One step over one or several tokens, with the logits: what the decode loop is compared with. It takes the inputs of the
 * loop (graph-interface.ts) without `max_steps` and `prefix_length`.
 * | out | `tokens`       | int64 [B, T] |
 * | out | `log_probs`    | [B, T]       |
 * | out | `logits`       | [B, T, V]    |
 * | out | `logit_tokens` | int64 [V]    | the token that each logit is of, in rising order
 * | out | `present_key_{l}`, `present_value_{l}` | [B, H, past_length + T, D] |
 */
export function decoderStepGraph(source: MoonshineSource, variant: MatmulVariant): Uint8Array {
  const g = new GraphBuilder();
  const inputs = decoderInterface(g, source, g.integers([0]));
  const { logits, present } = decoderLayers(g, source, variant, {
    ...inputs,
    position: inputs.pastLength,
    crossBias: crossBias(g, inputs.ids, inputs),
  });
  const { tokens, logProbs } = chooseTokens(g, source, logits, inputs.endForbidden);
  g.output('tokens', tokens, 'int64', ['B', 'T']);
  g.output('log_probs', logProbs, 'float32', ['B', 'T']);
  g.output('logits', logits, 'float32', ['B', 'T', source.spoken.length]);
  g.output('logit_tokens', spokenTokens(g, source), 'int64', [source.spoken.length]);
  presentOutputs(g, source, present, 'P1');
  return g.model('decoder step');
}
