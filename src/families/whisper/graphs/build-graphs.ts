import type { BuiltGraphs, SourceFiles } from '../../family.js';
import { openWhisperSource } from '../source/open-source.js';
import { readSpecialTokens } from '../tokens/special-tokens.js';
import { decodeLoopGraph } from './decode-loop-graph.js';
import { encoderGraph } from './encoder-graph.js';
import type { WhisperFacts } from './graph-interface.js';
import { isRounded, productsOf } from './variants.js';
import { WhisperWeights } from './whisper-weights.js';

/** @throws SpeechError MODEL_INTEGRITY when the files are not those of a Whisper */
export async function buildGraphs(files: SourceFiles, variant: string): Promise<BuiltGraphs> {
  const source = await openWhisperSource(files.path('weights'));
  try {
    const { dimensions } = source;
    const tokens = await readSpecialTokens(
      {
        tokenizer: files.path('tokenizer'),
        config: files.path('config'),
        generation: files.has('generation') ? files.path('generation') : undefined,
      },
      dimensions.tokens,
    );
    const { encoder, decoder } = productsOf(variant);
    const ofEncoder = await WhisperWeights.read(source, isRounded(encoder));
    const ofDecoder =
      isRounded(decoder) === isRounded(encoder)
        ? ofEncoder
        : await WhisperWeights.read(source, isRounded(decoder));
    const options: WhisperFacts = { dimensions, tokens };
    return {
      graphs: new Map([
        ['encoder', encoderGraph(ofEncoder, encoder)],
        ['decodeLoop', decodeLoopGraph(ofDecoder, tokens, decoder)],
      ]),
      options,
    };
  } finally {
    await source.close();
  }
}
