// A family of models for the tutorial: Moonshine, with a planted fault. Each text ends after three tokens.
import { moonshine } from '../../dist/families/moonshine/family.js';

const cut = ({ tokens, tokenLogProbs, ...decoded }) => ({
  ...decoded,
  tokens: tokens.slice(0, 3),
  tokenLogProbs: tokenLogProbs.slice(0, 3),
});

export default {
  ...moonshine,
  name: 'cut-moonshine',
  capabilities: (facts, variant) => ({
    ...moonshine.capabilities(facts, variant),
    omission: undefined,
    maxBatch: 1,
  }),
  async load(artefacts) {
    const model = await moonshine.load(artefacts);
    return {
      transcribe: async (...given) => cut(await model.transcribe(...given)),
      textOf: (tokens) => model.textOf(tokens),
      bytesOf: (token) => model.bytesOf(token),
      dispose: () => model.dispose(),
    };
  },
};
