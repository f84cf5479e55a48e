import { errorCodes } from '../common/errors/error-codes.js';
import { warningCodes } from '../common/warnings/warning-codes.js';
import { degradations } from '../inference/loaded-graphs.js';
import { priorities } from '../inference/scheduling/request-queue.js';
import { countFeatures, numberFeatures } from '../monitoring/features/features.js';
import { feedbackOutcomes } from '../monitoring/feedback/feedback.service.js';
import { guardNames } from '../rollout/canary/canary-trial.js';
import { sliceNames } from '../rollout/shadow/shadow-tally.js';
import { outcomes } from '../transports/shared/transport-observer.js';

/** Every label that a metric may have with its values, or with their description if they depend on the configuration. */
export const labels = {
  model: 'id of a loaded model',
  version: 'version of that model; in `hearken_build_info` the version of the service',
  model_version: 'version of a loaded model',
  variant:
    'variant of the graphs: `MODEL_VARIANT`, `float` for voice activity, or `shipped` if the slow graphs run',
  degradation: Object.keys(degradations),
  protocol: 'name of a wire protocol',
  priority: priorities,
  kind: ['stream', 'request'],
  reason: Object.keys(errorCodes),
  outcome: outcomes,
  warning: Object.keys(warningCodes),
  pool: ['decoding', 'spare', 'voice-activity', 'reading', 'live-decoding'],
  process: ['main', 'decoding', 'voice-activity', 'reading'],
  holder: ['uploads', 'sockets'],
  quantile: ['0.5', '0.99', 'max'],
  group: ['candidate', 'primary'],
  guard: guardNames,
  fate: ['heard', 'dropped', 'failed'],
  slice: sliceNames,
  feature: [...numberFeatures, ...countFeatures].map(({ name }) => name),
  bucket: 'upper bound of a bucket of the feature, or one of its words ([drift.md](drift.md))',
  feedback: feedbackOutcomes,
  result: ['low-confidence', 'empty', 'drift', 'random', 'failed', 'dropped'],
} as const satisfies Record<string, string | readonly string[]>;
export type LabelName = keyof typeof labels;

export interface MetricDefinition<Kind extends MetricKind, Label extends LabelName> {
  readonly name: `hearken_${string}`;
  readonly kind: Kind;
  readonly help: string;
  readonly labels: readonly Label[];
  /** Upper bounds, in the unit of the name. */
  readonly buckets?: readonly number[];
}
export type MetricKind = 'counter' | 'gauge' | 'histogram';

export function counter<Label extends LabelName = never>(
  name: `hearken_${string}_total`,
  help: string,
  labelNames: readonly Label[] = [],
): MetricDefinition<'counter', Label> {
  return { name, kind: 'counter', help, labels: labelNames };
}

export function gauge<Label extends LabelName = never>(
  name: `hearken_${string}`,
  help: string,
  labelNames: readonly Label[] = [],
): MetricDefinition<'gauge', Label> {
  return { name, kind: 'gauge', help, labels: labelNames };
}

export function histogram<Label extends LabelName>(
  name: `hearken_${string}`,
  help: string,
  labelNames: readonly Label[],
  buckets: readonly number[],
): MetricDefinition<'histogram', Label> {
  return { name, kind: 'histogram', help, labels: labelNames, buckets };
}
