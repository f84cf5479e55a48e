import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MoonshineForConditionalGeneration, Tensor, env } from '@huggingface/transformers';
import { tokensToText } from '../../../dist/families/moonshine/tokenizer.js';

/** The files that the library wants beside the weights. The vocabulary is left out: Hearken's turns tokens into text. */
function layOut(folder, { files: { encoder, decoder }, compiled }) {
  const { layers, heads, hidden } = compiled.options;
  const config = {
    model_type: 'moonshine',
    architectures: ['MoonshineForConditionalGeneration'],
    is_encoder_decoder: true,
    hidden_size: hidden,
    encoder_num_hidden_layers: layers,
    encoder_num_attention_heads: heads,
    encoder_num_key_value_heads: heads,
    decoder_num_hidden_layers: layers,
    decoder_num_attention_heads: heads,
    decoder_num_key_value_heads: heads,
    vocab_size: 32_768,
    bos_token_id: 1,
    eos_token_id: 2,
    decoder_start_token_id: 1,
  };
  const generation = { bos_token_id: 1, eos_token_id: 2, decoder_start_token_id: 1, pad_token_id: 2 };
  mkdirSync(join(folder, 'model', 'onnx'), { recursive: true });
  writeFileSync(join(folder, 'model', 'config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'model', 'generation_config.json'), JSON.stringify(generation));
  symlinkSync(encoder, join(folder, 'model', 'onnx', 'encoder_model.onnx'));
  symlinkSync(decoder, join(folder, 'model', 'onnx', 'decoder_model_merged.onnx'));
}

async function load({ workerModel }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-transformers-'));
  env.allowRemoteModels = false;
  env.localModelPath = folder;
  layOut(folder, workerModel);
  try {
    return await MoonshineForConditionalGeneration.from_pretrained('model', {
      // By name of file only: the weights are the same 8-bit ones.
      dtype: 'fp32',
      device: 'cpu',
      session_options: { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential' },
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function createSessions(setup) {
  const model = await load(setup);
  return () => model.dispose();
}

/** @returns {Promise<import('../host.mjs').Engine>} */
export async function openEngine(setup) {
  const model = await load(setup);
  return {
    async transcribe(samples) {
      const tokens = await model.generate({
        input_values: new Tensor('float32', samples, [1, samples.length]),
        // What the library's own pipeline allows, and a margin for the clip's broken second.
        max_new_tokens: Math.ceil(samples.length / 16_000) * 6,
      });
      return tokensToText([...tokens.data].map(Number));
    },
    close: () => model.dispose(),
  };
}
