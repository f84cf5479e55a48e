import { createHash } from 'node:crypto';
import { SpeechError } from '../common/errors/speech-error.js';
import type { ModelInUse } from '../inference/graphs-in-use.js';
import { variantOf, workerModelOf } from '../inference/model-artefacts.js';
import type { WorkerModel } from '../inference/worker-protocol.js';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import type { ModelRegistry } from '../model-registry/model-registry.js';
import type { SpeechCapabilities } from '../speech-model/capabilities.js';
import { allowedLanguages, requireLanguages } from './allowed-languages.js';
import { normalizerVersion } from '../normalization/normalization.types.js';
import type { ServedModel } from './recognition.types.js';
import type { Provenance } from './utterances/utterance-record.js';

/** The speech models that the service serves, the voice activity model beside them, and where the files of both are. */
export class ServedModels {
  /** The first is the default. */
  readonly speech: readonly ServedModel[];
  /**
   * Verifies and locates the files of the speech models. Processes that are replaced at the same time share one verification.
   * @throws SpeechError MODEL_INTEGRITY
   */
  readonly findSpeech = shared(() => this.find(this.speech));

  /** The same for the voice activity model. */
  readonly findVoiceActivity = shared(() => this.find([this.voiceActivity]));
  private readonly voiceActivity: ModelManifest;
  private readonly provenances = new Map<string, Provenance>();

  /**
   * @param ids of speech models
   * @param variant the configured variant of their graphs
   * @param languages BCP 47 tags that the deployment allows; empty: all that the models have
   * @throws SpeechError MODEL_NOT_FOUND, MODEL_INTEGRITY; ConfigurationError for languages that the models do not have
   */
  constructor(
    private readonly registry: ModelRegistry,
    ids: readonly string[],
    private readonly variant: string,
    private readonly languages: readonly string[] = [],
  ) {
    requireLanguages(
      ids.map((id) => registry.getSpeech(id)),
      languages,
    );
    this.speech = ids.map((id) => this.servedModel(id));
    this.voiceActivity = registry.get('silero-vad');
  }

  /** Speech models and the voice activity model, with the variant of each. */
  get inUse(): readonly ModelInUse[] {
    return [...this.speech, this.voiceActivity].map((manifest) => ({
      manifest,
      variant: variantOf(this.registry, manifest, this.variant),
    }));
  }

  capabilitiesOf(modelId: string): SpeechCapabilities {
    return this.speech.find(({ id }) => id === modelId)!.capabilities;
  }

  provenanceOf(modelId: string): Provenance {
    const known = this.provenances.get(modelId);
    if (known !== undefined) return known;
    const manifest = this.speech.find(({ id }) => id === modelId)!;
    const provenance: Provenance = {
      modelId,
      version: manifest.version,
      weightsHash: weightsHash(manifest),
      variant: variantOf(this.registry, manifest, this.variant),
      vadVersion: this.voiceActivity.version,
      normalizerVersion,
    };
    this.provenances.set(modelId, provenance);
    return provenance;
  }

  private find(manifests: readonly ModelManifest[]): Promise<readonly WorkerModel[]> {
    return Promise.all(manifests.map((manifest) => workerModelOf(this.registry, manifest, this.variant)));
  }

  private servedModel(id: string): ServedModel {
    const whole = this.registry.getSpeech(id);
    const manifest = { ...whole, languages: allowedLanguages(whole, this.languages) };
    const family = this.registry.families.get(manifest.family);
    if (family.kind !== 'speech') {
      throw new SpeechError('MODEL_NOT_FOUND', `${id} is not a speech model.`);
    }
    const variant = variantOf(this.registry, manifest, this.variant);
    return { ...manifest, capabilities: family.capabilities(manifest, variant) };
  }
}

/** SHA-256 over the hashes of the files of a manifest, in the order of their roles; hexadecimal. */
export function weightsHash({ files }: Pick<ModelManifest, 'files'>): string {
  const hash = createHash('sha256');
  for (const role of Object.keys(files).sort()) hash.update(`${role} ${files[role]!.sha256}\n`);
  return hash.digest('hex');
}

/** Calls that are made while one is pending get its result. */
function shared<T>(find: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined;
  return () => (pending ??= find().finally(() => (pending = undefined)));
}
