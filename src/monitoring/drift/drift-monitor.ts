import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { Configuration } from '../../config/configuration.js';
import { ConfigurationError } from '../../config/environment.js';
import { ModelRegistry } from '../../model-registry/model-registry.js';
import { RecognitionEngine } from '../../recognition/recognition-engine.js';
import { UtteranceListener } from '../../recognition/utterances/utterance-listener.js';
import type { HeardUtterance } from '../../recognition/utterances/utterance-listener.js';
import type { UtteranceRecord } from '../../recognition/utterances/utterance-record.js';
import { UtteranceListeners } from '../../recognition/utterances/utterance-listeners.js';
import { differences, profileFileName, readProfile } from '../profile/profile-file.js';
import type { ReferenceProfile } from '../profile/reference-profile.js';
import { ModelDrift } from './model-drift.js';

const hourMs = 3_600_000;

/** Compares the traffic of each model with its profile. What it knows is this process's own; nothing of it leaves but numbers. */
@Injectable()
export class DriftMonitor extends UtteranceListener implements OnModuleInit {
  private readonly logger = new Logger(DriftMonitor.name);
  private readonly drifts = new Map<string, ModelDrift>();
  private alarmed: ReadonlySet<string> = new Set();

  constructor(
    private readonly configuration: Configuration,
    private readonly registry: ModelRegistry,
    private readonly engine: RecognitionEngine,
    private readonly listeners: UtteranceListeners,
  ) {
    super();
  }

  /** @throws ConfigurationError if a profile cannot be used */
  async onModuleInit(): Promise<void> {
    const profiles = await this.findProfiles();
    const options = {
      perClient: this.configuration.get('DRIFT_PER_CLIENT'),
      windowMs: this.configuration.get('DRIFT_WINDOW_HOURS') * hourMs,
      random: Math.random,
    };
    for (const { id } of this.engine.models) {
      const provenance = this.engine.provenanceOf(id);
      this.drifts.set(id, new ModelDrift(provenance, profiles.get(id), options));
    }
    this.listeners.add(this);
  }

  /** One for each model that is served. */
  get models(): readonly ModelDrift[] {
    return [...this.drifts.values()];
  }

  override utteranceHeard({ record }: HeardUtterance): void {
    const { origin, provenance } = record;
    // What no client has sent says nothing about clients.
    if (origin === undefined) return;
    const drift = this.drifts.get(provenance.modelId);
    drift?.push(record, origin.clientId ?? origin.requestId, performance.now());
    if (drift?.profile !== undefined) this.reportChanges();
  }

  /** Whether an utterance is of a kind by which the traffic of its model has drifted. */
  isDrifting(record: UtteranceRecord): boolean {
    return this.drifts.get(record.provenance.modelId)?.isDrifting(record) === true;
  }

  private reportChanges(): void {
    const now = new Set(
      this.models.flatMap(({ model, drifted }) => drifted.map((feature) => `${model.modelId} ${feature}`)),
    );
    for (const each of now) {
      if (this.alarmed.has(each)) continue;
      const [model, feature] = each.split(' ');
      this.logger.warn({ msg: 'the traffic is no longer like the profile of the model', model, feature });
    }
    this.alarmed = now;
  }

  /** By model: those of DRIFT_PROFILE, else the one in the folder of the model. */
  private async findProfiles(): Promise<ReadonlyMap<string, ReferenceProfile>> {
    const profiles = new Map<string, ReferenceProfile>();
    for (const path of this.configuration.get('DRIFT_PROFILE')) {
      const profile = await readProfile(path).catch((error: Error) => {
        throw new ConfigurationError([`DRIFT_PROFILE: ${error.message}`]);
      });
      const { modelId } = profile.model;
      const served = this.engine.models.find(({ id }) => id === modelId);
      if (served === undefined) {
        throw new ConfigurationError([`DRIFT_PROFILE: ${path} is of ${modelId}, which is not in MODELS.`]);
      }
      const different = differences(profile, this.engine.provenanceOf(modelId));
      if (different.length > 0) {
        const what = `${path} was made with another ${different.join(', ')} than ${modelId} has`;
        throw new ConfigurationError([`DRIFT_PROFILE: ${what}. Make it anew with npm run drift:profile.`]);
      }
      profiles.set(modelId, profile);
    }
    for (const model of this.engine.models) {
      const path = join(this.registry.folderOf(model), profileFileName);
      if (profiles.has(model.id) || !existsSync(path)) continue;
      const profile = await this.profileNextTo(model.id, path);
      if (profile !== undefined) profiles.set(model.id, profile);
    }
    return profiles;
  }

  /** One that nobody has asked for keeps nobody from starting. */
  private async profileNextTo(model: string, path: string): Promise<ReferenceProfile | undefined> {
    try {
      const profile = await readProfile(path);
      const different = differences(profile, this.engine.provenanceOf(model));
      if (different.length === 0) return profile;
      this.logger.warn({ msg: 'a drift profile is of another model', model, path, different });
    } catch (error) {
      this.logger.warn({ msg: 'a drift profile is not used', model, path, reason: (error as Error).message });
    }
    return undefined;
  }
}
