import { Logger } from '@nestjs/common';
import type { ModelManifest } from '../model-registry/model-manifest.js';
import { degradations, hugePagesAreRefused } from './loaded-graphs.js';
import type { Degradation, LoadedGraphs } from './loaded-graphs.js';

/** The graphs that a model runs on, as reported to operators and clients. */
export interface ModelGraphs {
  readonly model: string;
  readonly version: number;
  /** `shipped`: the graphs of the package, and not those of the variant that was asked for. */
  readonly variant: string;
  /** Why it is slower than it could be; normally empty. */
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
  /** Degradations that are in the log; undefined before the first report. */
  private reported: Set<string> | undefined;
  private readonly lacksHugePages = hugePagesAreRefused();

  /** @param loaded what the processes that run now have loaded */
  constructor(
    private readonly models: readonly ModelInUse[],
    private readonly loaded: () => readonly LoadedGraphs[],
  ) {}

  list(): readonly ModelGraphs[] {
    return this.models.map(({ manifest, variant }) => {
      const graphs = this.graphsOf(manifest.id);
      const isShipped = graphs.some(({ shipped }) => shipped);
      return {
        model: manifest.id,
        version: manifest.version,
        variant: isShipped ? 'shipped' : variant,
        degradations: this.degradationsOf(manifest, graphs),
      };
    });
  }

  /** Called whenever a process has loaded its models: logs what has changed since the first report. */
  reportChanges(): void {
    if (this.reported !== undefined) this.reportOnce();
  }

  /** Logs each degradation once for all processes. First called at the end of a start, where operators read it. */
  reportOnce(): void {
    this.reported ??= new Set();
    for (const { manifest } of this.models) {
      const graphs = this.graphsOf(manifest.id);
      for (const degradation of this.degradationsOf(manifest, graphs)) {
        const key = `${manifest.id} ${degradation}`;
        if (this.reported.has(key)) continue;
        this.reported.add(key);
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

  /** While no process has the model, the graphs that the last ones had. */
  private graphsOf(model: string): readonly LoadedGraphs[] {
    const now = this.loaded().filter((graphs) => graphs.model === model);
    if (now.length > 0) this.lastKnown.set(model, now);
    return this.lastKnown.get(model) ?? [];
  }

  private degradationsOf({ kind }: ModelManifest, graphs: readonly LoadedGraphs[]): Degradation[] {
    const found = new Set(graphs.flatMap(({ degradation }) => degradation ?? []));
    // Only the weights of speech models are large enough to fill a huge page.
    if (this.lacksHugePages && kind === 'speech') found.add('no-huge-pages');
    return [...found];
  }
}
