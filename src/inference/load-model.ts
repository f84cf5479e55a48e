import { familyOf } from '../families/families.js';
import type { GraphFiles } from '../families/family.js';
import type { SpeechCapabilities } from '../speech-model/capabilities.js';
import type { OfflineModel } from '../speech-model/offline-model.js';
import type { VoiceActivityModel } from '../speech-model/voice-activity-model.js';
import { shortReason } from './loaded-graphs.js';
import type { Degradation, LoadedGraphs } from './loaded-graphs.js';
import type { WorkerModel } from './worker-protocol.js';

export interface LoadedSpeechModel {
  readonly kind: 'speech';
  readonly model: OfflineModel;
  readonly capabilities: SpeechCapabilities;
}

type Loaded = LoadedSpeechModel | { readonly kind: 'voice-activity'; readonly model: VoiceActivityModel };

export type LoadedModel = Loaded & { readonly graphs: LoadedGraphs };

/**
 * Loads the best graphs that can be loaded: those prepared for this machine, the compiled ones, or the model's own files.
 * @throws Error when not even those can be loaded
 */
export async function loadModel(model: WorkerModel): Promise<LoadedModel> {
  const { best } = model;
  const failures: string[] = [];
  const tried = async (graphs: GraphFiles | undefined): Promise<Loaded | undefined> => {
    if (graphs === undefined) return undefined;
    try {
      return await load(model, graphs);
    } catch (error) {
      failures.push(shortReason(error));
      return undefined;
    }
  };
  const graphs = (shipped: boolean, degradation: Degradation | undefined): LoadedGraphs => ({
    model: model.facts.id,
    shipped,
    ...(degradation && { degradation }),
    ...(failures.length > 0 && { reason: failures.join('; ') }),
  });

  const prepared = await tried(model.prepared);
  if (prepared) return { ...prepared, graphs: graphs(false, undefined) };
  const compiled = await tried(model.compiled);
  if (compiled) {
    const unprepared = best === 'prepared' ? 'not-prepared' : undefined;
    return {
      ...compiled,
      graphs: graphs(false, failures.length > 0 ? 'preparation-not-loadable' : unprepared),
    };
  }
  const uncompiled = best === 'shipped' ? undefined : 'not-compiled';
  return { ...(await load(model)), graphs: graphs(true, failures.length > 0 ? 'not-loadable' : uncompiled) };
}

async function load(
  { family: name, familyModule, facts, files, capabilities }: WorkerModel,
  graphs?: GraphFiles,
): Promise<Loaded> {
  const family = await familyOf(name, familyModule);
  const artefacts = { facts, files, graphs };
  if (family.kind === 'voice-activity') return { kind: family.kind, model: await family.load(artefacts) };
  if (capabilities === undefined) throw new Error(`The capabilities of ${facts.id} are missing.`);
  return { kind: family.kind, model: await family.load(artefacts), capabilities };
}
