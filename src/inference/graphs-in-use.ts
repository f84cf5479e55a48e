import { Logger } from '@nestjs/common';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import { degradations, hugePagesAreRefused } from './loaded-graphs.js';
import type { Degradation, LoadedGraphs } from './loaded-graphs.js';

/** What a model runs on: what operators and clients are told. */
export interface ModelGraphs {
  readonly model: string;
  readonly version: number;
  /** `shipped`: the graphs of the package, and not those of the variant that was asked for. */
  readonly variant: string;
  /** Why it is slower than it could be; empty as a rule. */
  readonly degradations: readonly Degradation[];
}

/** A model, and the variant of its graphs that is wanted. */
export interface ModelInUse {
  readonly manifest: ModelManifest;
  readonly variant: string;
}

/**
 * Keeps what the inference processes have loaded, the worst of them for each model: a process that was replaced can come
 * back with worse graphs than it had.
 */
export class GraphsInUse {
  private readonly logger = new Logger(GraphsInUse.name);
  private readonly lastKnown = new Map<string, readonly LoadedGraphs[]>();
  /** Undefined before the first telling. */
  private told: Set<string> | undefined;
  private readonly lacksHugePages = hugePagesAreRefused();

  /** @param loaded what the processes that are there now have loaded */
  constructor(
    private readonly models: readonly ModelInUse[],
    private readonly loaded: () => readonly LoadedGraphs[],
  ) {}

  list(): readonly ModelGraphs[] {
    return this.models.map(({ manifest, variant }) => {
      const graphs = this.of(manifest.id);
      const isShipped = graphs.some(({ shipped }) => shipped);
      return {
        model: manifest.id,
        version: manifest.version,
        variant: isShipped ? 'shipped' : variant,
        degradations: this.degradationsOf(manifest, graphs),
      };
    });
  }

  /** Called whenever a process has loaded its models: logs what has changed since it was told. */
  tellChanges(): void {
    if (this.told !== undefined) this.tell();
  }

  /** Logs what was not told yet, once for all processes: for the end of a start, where it is read. */
  tell(): void {
    this.told ??= new Set();
    for (const { manifest } of this.models) {
      const graphs = this.of(manifest.id);
      for (const degradation of this.degradationsOf(manifest, graphs)) {
        const key = `${manifest.id} ${degradation}`;
        if (this.told.has(key)) continue;
        this.told.add(key);
        const reason = graphs.find((one) => one.degradation === degradation)?.reason;
        const msg = `${manifest.id} ${degradations[degradation]}`;
        this.logger.warn({
          msg,
          model: manifest.id,
          degradation,
          ...(reason === undefined ? {} : { reason }),
        });
      }
    }
  }

  /** While all processes of a kind are gone, what they had. */
  private of(model: string): readonly LoadedGraphs[] {
    const now = this.loaded().filter((graphs) => graphs.model === model);
    if (now.length > 0) this.lastKnown.set(model, now);
    return this.lastKnown.get(model) ?? [];
  }

  private degradationsOf({ kind }: ModelManifest, graphs: readonly LoadedGraphs[]): Degradation[] {
    const found = new Set(graphs.flatMap(({ degradation }) => degradation ?? []));
    // Only the weights of speech models are large enough to fill one.
    if (this.lacksHugePages && kind === 'speech') found.add('no-huge-pages');
    return [...found];
  }
}
