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

/**
 * The factory of model families: a new family is a folder under models/ and a case here. What a process does not run it
 * does not load: a vocabulary is several megabytes.
 */
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
    case 'moonshine': {
      const { MoonshineCompiledModel } = await import('../models/moonshine/moonshine.compiled-model.js');
      return { kind: 'speech', model: await MoonshineCompiledModel.load(model.compiled!) };
    }
    case 'silero': {
      const { SileroCompiledModel } = await import('../models/silero/silero.compiled-model.js');
      return { kind: 'voice-activity', model: await SileroCompiledModel.load(model.compiled!.modelPath) };
    }
  }
}

async function loadShipped(model: WorkerModel): Promise<LoadedModel> {
  switch (model.family) {
    case 'moonshine': {
      const { MoonshineShippedModel } = await import('../models/moonshine/moonshine.shipped-model.js');
      return {
        kind: 'speech',
        model: await MoonshineShippedModel.load(model.encoderPath, model.decoderPath),
      };
    }
    case 'silero': {
      const { SileroShippedModel } = await import('../models/silero/silero.shipped-model.js');
      return { kind: 'voice-activity', model: await SileroShippedModel.load(model.modelPath) };
    }
  }
}
