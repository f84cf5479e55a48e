import type { SpeechFamily } from '../family.js';
import { capabilitiesOf } from './capabilities.js';
import { compiler } from './compiler.js';
import type { MoonshineDimensions } from './graphs/graph-interface.js';

/** Moonshine of Useful Sensors: an encoder over raw samples and a decoder of Llama's vocabulary, one language each. */
export const moonshine: SpeechFamily = {
  name: 'moonshine',
  kind: 'speech',
  roles: ['encoder', 'decoder'],
  exports: [
    { encoder: 'encoder_model_quantized.onnx', decoder: 'decoder_model_merged_quantized.onnx' },
    { encoder: 'encoder_model.onnx', decoder: 'decoder_model_merged.onnx' },
  ],
  capabilities: capabilitiesOf,
  compiler,
  // Imported only here: a vocabulary is several megabytes.
  async load({ files, graphs }) {
    if (graphs === undefined) {
      const { ShippedMoonshine } = await import('./shipped-moonshine.js');
      return ShippedMoonshine.load(files.encoder!, files.decoder!);
    }
    const { CompiledMoonshine } = await import('./compiled-moonshine.js');
    return CompiledMoonshine.load({
      encoderPath: graphs.paths.encoder!,
      decodeLoopPath: graphs.paths.decodeLoop!,
      dimensions: graphs.options as MoonshineDimensions,
    });
  },
};
