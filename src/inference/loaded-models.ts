import type { VoiceActivityModel } from '../speech-model/voice-activity-model.js';
import { loadModel } from './load-model.js';
import type { LoadedModel, LoadedSpeechModel } from './load-model.js';
import type { LoadedGraphs } from './loaded-graphs.js';
import type { WorkerModel } from './worker-protocol.js';

/** The models of one process, by id. */
export class LoadedModels {
  private readonly models = new Map<string, LoadedModel>();

  /** Loads and warms models. @throws Error with the reason */
  async load(models: readonly WorkerModel[]): Promise<readonly LoadedGraphs[]> {
    for (const model of models) this.models.set(model.facts.id, await loadModel(model));
    for (const model of this.models.values()) await warmUp(model);
    return [...this.models.values()].map(({ graphs }) => graphs);
  }

  /** @throws Error when no such speech model is loaded */
  speech(id: string): LoadedSpeechModel {
    const loaded = this.models.get(id);
    if (loaded?.kind === 'speech') return loaded;
    throw new Error(`${id} is not a loaded speech model.`);
  }

  /** @throws Error when none is loaded */
  voiceActivity(): VoiceActivityModel {
    for (const loaded of this.models.values()) if (loaded.kind === 'voice-activity') return loaded.model;
    throw new Error('No voice activity model is loaded.');
  }

  async dispose(): Promise<void> {
    for (const { model } of this.models.values()) await model.dispose();
  }
}

/** The first run of a graph is slow; it happens before the first client comes. */
async function warmUp(loaded: LoadedModel): Promise<void> {
  if (loaded.kind === 'voice-activity') {
    await loaded.model.detect([{ samples: new Float32Array(576), state: new Float32Array(256) }]);
    return;
  }
  const second = Float32Array.from({ length: 16_000 }, (_, at) => 0.01 * Math.sin(at / 8));
  const limits = { maxTokens: 4, mayBeEmpty: false };
  await loaded.model.transcribe(second, limits);
  if (loaded.capabilities.maxBatch > 1) {
    await loaded.model.transcribeTogether?.([second, second], [limits, limits], {});
  }
}
