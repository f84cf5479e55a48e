import type { BuiltGraphs, SourceFiles } from '../../family.js';
import { decodeLoopGraph } from './decode-loop-graph.js';
import { encoderGraph } from './encoder-graph.js';
import { MoonshineSource } from './moonshine-source.js';
import { productsOf } from './variants.js';

/** @throws SpeechError MODEL_INTEGRITY when the files are not built like Moonshine's */
export async function buildGraphs(files: SourceFiles, variant: string): Promise<BuiltGraphs> {
  const source = new MoonshineSource(await files.graph('encoder'), await files.graph('decoder'));
  const { encoder, decoder } = productsOf(variant);
  return {
    graphs: new Map([
      ['encoder', encoderGraph(source, encoder)],
      ['decodeLoop', decodeLoopGraph(source, decoder)],
    ]),
    options: source.dimensions,
  };
}
