import { shortReason } from './loaded-graphs.js';
import type { LoadedGraphs } from './loaded-graphs.js';
import type { SpeechModel } from '../speech-model/offline-model.js';
import type { VoiceActivityModel } from '../speech-model/voice-activity-model.js';
import type { WorkerModel } from './worker-protocol.js';

type Loaded =
  | { readonly kind: 'speech'; readonly model: SpeechModel }
  | { readonly kind: 'voice-activity'; readonly model: VoiceActivityModel };

export type LoadedModel = Loaded & { readonly graphs: LoadedGraphs };

/**
 * Loads the best graphs that there are and can be loaded: prepared for this machine, compiled, or the package's own.
 * @throws Error when not even those can be loaded
 */
export async function loadModel(model: WorkerModel): Promise<LoadedModel> {
  const { id } = model;
  const failures: string[] = [];
  const failed = (error: unknown): void => void failures.push(shortReason(error));
  const reason = () => (failures.length === 0 ? {} : { reason: failures.join('; ') });

  const prepared = await loadPrepared(model)?.catch(failed);
  if (prepared) return { ...prepared, graphs: { model: id, shipped: false } };
  const compiled = await loadCompiled(model)?.catch(failed);
  if (compiled) {
    const degradation =
      failures.length > 0 ? 'preparation-not-loadable' : canBePrepared(model) ? 'not-prepared' : undefined;
    return {
      ...compiled,
      graphs: { model: id, shipped: false, ...(degradation && { degradation }), ...reason() },
    };
  }
  const degradation = failures.length > 0 ? 'not-loadable' : 'not-compiled';
  return { ...(await loadShipped(model)), graphs: { model: id, shipped: true, degradation, ...reason() } };
}

/** The small ones are not worth a second file. */
function canBePrepared({ family }: WorkerModel): boolean {
  return family === 'moonshine';
}

// The factory of model families: a new family is a folder under models/ and a case in each of these. What a process does
// not run it does not load: a vocabulary is several megabytes.

function loadPrepared(model: WorkerModel): Promise<Loaded> | undefined {
  if (model.family === 'silero' || model.prepared === undefined) return undefined;
  return loadMoonshine(model.prepared);
}

function loadCompiled(model: WorkerModel): Promise<Loaded> | undefined {
  switch (model.family) {
    case 'moonshine':
      return model.compiled && loadMoonshine(model.compiled);
    case 'silero':
      return model.compiled && loadSilero(model.compiled.modelPath);
  }
}

type MoonshineGraphs = NonNullable<Extract<WorkerModel, { family: 'moonshine' }>['compiled']>;

async function loadMoonshine(graphs: MoonshineGraphs): Promise<Loaded> {
  const { MoonshineCompiledModel } = await import('../families/moonshine/compiled-model.js');
  return { kind: 'speech', model: await MoonshineCompiledModel.load(graphs) };
}

async function loadSilero(modelPath: string): Promise<Loaded> {
  const { SileroCompiledModel } = await import('../families/silero/compiled-model.js');
  return { kind: 'voice-activity', model: await SileroCompiledModel.load(modelPath) };
}

async function loadShipped(model: WorkerModel): Promise<Loaded> {
  switch (model.family) {
    case 'moonshine': {
      const { MoonshineShippedModel } = await import('../families/moonshine/shipped-model.js');
      return {
        kind: 'speech',
        model: await MoonshineShippedModel.load(model.encoderPath, model.decoderPath),
      };
    }
    case 'silero': {
      const { SileroShippedModel } = await import('../families/silero/shipped-model.js');
      return { kind: 'voice-activity', model: await SileroShippedModel.load(model.modelPath) };
    }
  }
}
