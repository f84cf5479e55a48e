import { MoonshineCompiledModel } from '../models/moonshine/moonshine.compiled-model.js';
import { MoonshineShippedModel } from '../models/moonshine/moonshine.shipped-model.js';
import { SileroCompiledModel } from '../models/silero/silero.compiled-model.js';
import { SileroShippedModel } from '../models/silero/silero.shipped-model.js';
import type { SpeechModel } from './speech-model.js';
import type { VoiceActivityModel } from './voice-activity-model.js';
import type { WorkerModel } from './worker-protocol.js';

export type LoadedModel = (
  | { readonly kind: 'speech'; readonly model: SpeechModel }
  | { readonly kind: 'voice-activity'; readonly model: VoiceActivityModel }
) & {
  /** Why the shipped graphs were taken although there are compiled ones. */
  readonly shippedBecause?: string;
};

/** The factory of model families: a new family is a folder under models/ and a line here. */
export async function loadModel(model: WorkerModel): Promise<LoadedModel> {
  if (model.compiled === undefined) return loadShipped(model);
  try {
    return await loadCompiled(model);
  } catch (error) {
    return { ...(await loadShipped(model)), shippedBecause: `${model.id}: ${(error as Error).message}` };
  }
}

async function loadCompiled(model: WorkerModel): Promise<LoadedModel> {
  switch (model.family) {
    case 'moonshine':
      return { kind: 'speech', model: await MoonshineCompiledModel.load(model.compiled!) };
    case 'silero':
      return { kind: 'voice-activity', model: await SileroCompiledModel.load(model.compiled!.modelPath) };
  }
}

async function loadShipped(model: WorkerModel): Promise<LoadedModel> {
  switch (model.family) {
    case 'moonshine':
      return {
        kind: 'speech',
        model: await MoonshineShippedModel.load(model.encoderPath, model.decoderPath),
      };
    case 'silero':
      return { kind: 'voice-activity', model: await SileroShippedModel.load(model.modelPath) };
  }
}
