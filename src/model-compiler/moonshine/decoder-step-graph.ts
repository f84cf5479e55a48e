import { GraphBuilder } from '../graph-builder.js';
import type { MatmulVariant } from '../matmul-variants.js';
import {
  chooseTokens,
  crossBias,
  decoderInterface,
  presentOutputs,
  spokenTokens,
} from './decoder-interface.js';
import { decoderLayers } from './decoder-layers.js';
import type { MoonshineSource } from './moonshine-source.js';

/** One step over one or several tokens, with the logits. Inputs and outputs are told in compiled-model.ts. */
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
