import type { DecodeLimits } from '../../speech-model/offline-model.js';

/** The shortest input for which the three convolutions (127/64, 7/3, 3/2) leave a frame, with room to spare. */
export const minSamples = 4_000;

/** No talker says more tokens than this in a second of audio; what goes on longer is a loop. */
const tokensPerSecond = 9;
/** So that a clip of a fraction of a second keeps its words. */
const tokensAtLeast = 12;

/** How many tokens a piece of audio may have. @param samples at 16 kHz, padding included */
export function decodeLimits(samples: number, speechHeard: boolean): DecodeLimits {
  return {
    maxTokens: tokensAtLeast + Math.ceil((samples / 16_000) * tokensPerSecond),
    mayBeEmpty: !speechHeard,
  };
}
