import { moonshine } from '../../src/families/moonshine/family.js';
import type { SpeechFamily } from '../../src/families/family.js';
import type { DecodedTokens } from '../../src/speech-model/hypothesis.js';
import type { OfflineModel } from '../../src/speech-model/offline-model.js';

const keptTokens = 3;

function cut(decoded: DecodedTokens): DecodedTokens {
  const { tokens, tokenLogProbs } = decoded;
  return {
    ...decoded,
    tokens: tokens.slice(0, keptTokens),
    tokenLogProbs: tokenLogProbs.slice(0, keptTokens),
  };
}

/** Moonshine with a fault: each text ends after three tokens. What a canary has to find. */
const cutMoonshine: SpeechFamily = {
  ...moonshine,
  name: 'cut-moonshine',
  capabilities: (facts, variant) => {
    // Nothing is decoded again for being too short.
    const { omission: _, ...capabilities } = moonshine.capabilities(facts, variant);
    return { ...capabilities, maxBatch: 1 };
  },
  async load(artefacts): Promise<OfflineModel> {
    const model = await moonshine.load(artefacts);
    return {
      transcribe: async (...given) => cut(await model.transcribe(...given)),
      textOf: (tokens) => model.textOf(tokens),
      bytesOf: (token) => model.bytesOf(token),
      dispose: () => model.dispose(),
    };
  },
};

export default cutMoonshine;
