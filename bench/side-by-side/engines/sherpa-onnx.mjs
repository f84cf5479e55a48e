import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import llamaTokenizer from 'llama-tokenizer-js';
import sherpa from 'sherpa-onnx-node';

/** Moonshine on the files as they are shipped, one thread. */
export function createRecognizer({ workerModel }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-sherpa-'));
  const tokens = join(folder, 'tokens.txt');
  const lines = llamaTokenizer.vocabById.map(
    (piece, id) => `${Buffer.from(piece).toString('base64')} ${id}\n`,
  );
  writeFileSync(tokens, lines.join(''));
  try {
    return new sherpa.OfflineRecognizer({
      featConfig: { sampleRate: 16_000, featureDim: 80 },
      modelConfig: {
        moonshine: { encoder: workerModel.files.encoder, mergedDecoder: workerModel.files.decoder },
        tokens,
        numThreads: 1,
        provider: 'cpu',
      },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function createSessions(setup) {
  createRecognizer(setup);
  return () => Promise.resolve();
}

/** @returns {Promise<import('../host.mjs').Engine>} */
export async function openEngine(setup) {
  const recognizer = createRecognizer(setup);
  return {
    async transcribe(samples) {
      const stream = recognizer.createStream();
      stream.acceptWaveform({ sampleRate: 16_000, samples });
      recognizer.decode(stream);
      return recognizer.getResult(stream).text;
    },
    close: () => Promise.resolve(),
  };
}
