type Names = Readonly<Record<string, string>>;

const config = { config: 'config.json' };

/** CTranslate2. */
const converted: readonly Names[] = [
  { tokenizer: 'tokenizer.json' },
  { tokenizer: 'vocabulary.json' },
  { tokenizer: 'vocabulary.txt' },
].map((tokens) => ({ weights: 'model.bin', ...config, ...tokens }));

/** transformers. */
const trained: readonly Names[] = [
  { tokenizer: 'tokenizer.json' },
  { tokenizer: 'vocab.json', merges: 'merges.txt', added: 'added_tokens.json' },
  { tokenizer: 'vocab.json', merges: 'merges.txt' },
].flatMap((tokens) =>
  ['model.safetensors', 'model.safetensors.index.json'].flatMap((weights) =>
    [{ generation: 'generation_config.json' }, {}].map((generation) => ({
      weights,
      ...config,
      ...generation,
      ...tokens,
    })),
  ),
);

/** Names of the files of a Whisper by role, as programs write them, the preferred first. */
export const knownExports: readonly Names[] = [...converted, ...trained];
