import { decodePieces } from './decode-pieces.js';
import type { InferenceAnswer, InferenceRequest } from './inference-messages.js';
import { serveRequests } from './serve-requests.js';

/** The entry of an inference process, for decoding and for the voice activity of live streams. */
serveRequests<InferenceRequest, InferenceAnswer>({
  async answer(request, models) {
    switch (request.type) {
      case 'decode': {
        const pieces = await decodePieces(models.speech(request.modelId), request.pieces);
        return { type: 'decoded', pieces };
      }
      case 'detect-speech': {
        const stretches = await models.voiceActivity().detect(request.stretches);
        return { type: 'speech-probabilities', stretches };
      }
    }
  },
});
