import type { BuiltGraphs, FilePaths } from '../../family.js';
import { openWhisperSource } from '../source/open-source.js';
import type { WhisperSource } from '../source/whisper-source.js';
import { readSpecialTokens } from '../tokens/special-tokens.js';
import { decodeLoopGraph } from './decode-loop-graph.js';
import { encoderGraph } from './encoder-graph.js';
import type { WhisperFacts } from './graph-interface.js';
import { isRounded, productsOf } from './variants.js';
import { WhisperWeights } from './whisper-weights.js';

/** @throws SpeechError MODEL_INTEGRITY when the files are not those of a Whisper */
export async function buildGraphs(files: FilePaths, variant: string): Promise<BuiltGraphs> {
  return withSource(files, async (source) => {
    const options = await factsOf(source, files);
    const { encoder, decoder } = productsOf(variant);
    const ofEncoder = await WhisperWeights.read(source, isRounded(encoder));
    const ofDecoder =
      isRounded(decoder) === isRounded(encoder)
        ? ofEncoder
        : await WhisperWeights.read(source, isRounded(decoder));
    return {
      graphs: new Map([
        ['encoder', encoderGraph(ofEncoder, encoder)],
        ['decodeLoop', decodeLoopGraph(ofDecoder, options.tokens, decoder)],
      ]),
      options,
    };
  });
}

/** Reads dimensions and special tokens, and no weights. @throws SpeechError MODEL_INTEGRITY, as buildGraphs */
export async function readFacts(files: FilePaths): Promise<WhisperFacts> {
  return withSource(files, (source) => factsOf(source, files));
}

async function withSource<Result>(
  files: FilePaths,
  use: (source: WhisperSource) => Promise<Result>,
): Promise<Result> {
  const source = await openWhisperSource(files.path('weights'));
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

async function factsOf({ dimensions }: WhisperSource, files: FilePaths): Promise<WhisperFacts> {
  const optional = (role: string) => (files.has(role) ? files.path(role) : undefined);
  const paths = {
    tokenizer: files.path('tokenizer'),
    merges: optional('merges'),
    added: optional('added'),
    config: files.path('config'),
    generation: optional('generation'),
  };
  return { dimensions, tokens: await readSpecialTokens(paths, dimensions.tokens) };
}
