// `npm run simulate:autoscaling`: a day of voice search against the autoscaler of k8s/components/autoscaling, with the
// capacity of a pod as measured. Writes bench/results/autoscaling.{json,svg} and the table in docs/operations/capacity.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from 'js-yaml';
import { root } from '../../scripts/setup.mjs';
import { picture } from './autoscaling-picture.mjs';
import { fillPage, table } from '../pages/page.mjs';
import { podFigures } from '../pages/pod-figures.mjs';
import { simulate } from './simulate.mjs';
import { assumptions, trafficOf } from './traffic.mjs';

const { values } = parseArgs({
  options: {
    autoscaler: {
      type: 'string',
      default: join(root, 'k8s', 'components', 'autoscaling', 'horizontal-pod-autoscaler.yaml'),
    },
    alternatives: { type: 'string', default: '0.5,0.85' },
    cores: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
  },
});

/** None of these is measured: they are the cluster's, not ours. */
const clusterTimes = {
  /** A node with room that has the image; one that has to pull it, or to be bought, takes a minute or several. */
  scheduleSeconds: 8,
  /** The startup probe's period, and a moment for the endpoints to spread. */
  probeSeconds: 4,
  /** A scrape every 15 s, read through the adapter. */
  metricSeconds: 30,
};

const { spec } = /** @type {any} */ (load(readFileSync(values.autoscaler, 'utf8')));
const placesMetric = spec.metrics.find(({ pods }) => pods.metric.name === 'hearken_places_used_ratio').pods;
const chosen = Number.parseFloat(placesMetric.target.averageValue) / 1_000;
const figures = podFigures(Number(values.cores), assumptions.uploadSeconds);
const times = {
  scheduleSeconds: clusterTimes.scheduleSeconds,
  startSeconds: figures.startSeconds + clusterTimes.probeSeconds,
  metricSeconds: clusterTimes.metricSeconds,
};
const traffic = trafficOf(Number(values.seed));

const targets = [...values.alternatives.split(',').map(Number), chosen].sort((left, right) => left - right);
const runs = targets.map((target) => {
  placesMetric.target.averageValue = `${Math.round(target * 1_000)}m`;
  return simulate(traffic, { spec, pod: figures.pod, times });
});

const result = {
  date: new Date().toISOString(),
  seed: Number(values.seed),
  chosen,
  ...figures,
  times: { ...clusterTimes, startSeconds: figures.startSeconds },
  autoscaler: { minReplicas: spec.minReplicas, maxReplicas: spec.maxReplicas, behavior: spec.behavior },
  traffic: { ...assumptions, bursts: traffic.bursts },
  runs,
};
const results = join(root, 'bench', 'results');
mkdirSync(results, { recursive: true });
const withoutSamples = { ...result, runs: runs.map(({ samples: _, ...run }) => run) };
writeFileSync(join(results, 'autoscaling.json'), `${JSON.stringify(withoutSamples, null, 1)}\n`);
writeFileSync(join(results, 'autoscaling.svg'), picture(result));
fillPage('autoscaling', text(result));
console.log(runsTable(runs, chosen));

function text({ seed, sources, times: given, pod }) {
  return [
    runsTable(runs, chosen),
    '',
    `A simulated day (seed ${seed}): ${runs[0].streams} live streams and ${assumptions.bursts} bursts of up to ${assumptions.burstFactor[1]} times the usual load, against \`minReplicas: ${spec.minReplicas}\` and \`maxReplicas: ${spec.maxReplicas}\`. What went in:`,
    '',
    `- places of a pod with ${pod.cores} cores: ${pod.places}; ${sources.places}`,
    `- core-seconds for a second of a stream: ${pod.streamCost.toFixed(4)}; ${sources.streamCost}`,
    `- core-seconds for an upload of ${assumptions.uploadSeconds} s: ${pod.uploadCost.toFixed(3)}; ${sources.uploadCost}`,
    `- from the start of a pod until it is ready: ${given.startSeconds} s (${sources.startSeconds}), and as assumptions ${given.scheduleSeconds} s to schedule it on a node that has the image and ${given.probeSeconds} s until probes and endpoints have seen it`,
    `- age of a metric when the autoscaler reads it: ${given.metricSeconds} s, an assumption`,
    `- the traffic: ${assumptions.peakStreamsPerSecond} streams a second of ${assumptions.streamSecondsMean} s in the mean and ${assumptions.peakUploadsPerSecond} uploads a second at the evening's peak, assumptions; arrivals by Poisson; a refused client comes back after 2 s, five times at most`,
  ].join('\n');
}

function runsTable(all, own) {
  const head = [
    'target',
    'pods, least–most',
    'pod-hours',
    'cores busy',
    'streams refused at first',
    'given up after five tries',
    'lag of streams p99 / most',
    'uploads p50 / p99',
    'streams moved by scaling down',
  ];
  const rows = all.map((run) => [
    run.target === own ? `**${run.target}**` : run.target,
    `${run.fewestPods}–${run.mostPods}`,
    run.podHours,
    `${(run.coresBusy * 100).toFixed(0)} %`,
    `${run.refusedAtFirst} (${((100 * run.refusedAtFirst) / run.streams).toFixed(2)} %)`,
    run.givenUp,
    `${run.lagSeconds.p99} / ${run.lagSeconds.most} s`,
    `${run.uploadSeconds.p50} / ${run.uploadSeconds.p99} s`,
    run.movedByScalingDown,
  ]);
  return table(head, rows);
}
