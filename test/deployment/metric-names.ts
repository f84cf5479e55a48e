import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** What the service and the cluster measure, with the labels each has besides those of every scrape. */
export type Metrics = ReadonlyMap<string, readonly string[]>;

/** Agreed on with whoever defines the metrics; stands in while the checkout has no definitions. */
const agreed: Readonly<Record<string, readonly string[]>> = {
  hearken_audio_seconds_total: ['model', 'version', 'protocol'],
  hearken_rtf: ['model'],
  hearken_queue_wait_seconds: ['model', 'priority'],
  hearken_compute_seconds: ['model', 'priority'],
  hearken_time_to_first_partial_seconds: ['protocol'],
  hearken_final_latency_seconds: ['protocol'],
  hearken_stream_lag_seconds: [],
  hearken_places_used: ['kind'],
  hearken_places_total: ['kind'],
  hearken_refusals_total: ['reason', 'protocol'],
  hearken_cancelled_total: ['priority'],
  hearken_empty_transcripts_total: ['protocol'],
  hearken_worker_restarts_total: ['pool'],
  hearken_workers_ready: [],
  hearken_workers_wanted: [],
  hearken_queued_segments: [],
  hearken_requests_total: ['protocol', 'outcome'],
  hearken_event_loop_delay_seconds: ['quantile'],
  hearken_shutting_down: [],
  hearken_processes_resident_memory_bytes: ['process'],
  hearken_build_info: ['version', 'model', 'model_version', 'variant'],
  hearken_degraded: ['model', 'degradation'],
};
const histograms = [
  'hearken_rtf',
  'hearken_queue_wait_seconds',
  'hearken_compute_seconds',
  'hearken_time_to_first_partial_seconds',
  'hearken_final_latency_seconds',
];

/** Metrics of prom-client itself, of the kubelet and of kube-state-metrics. */
const others: Readonly<Record<string, readonly string[]>> = {
  process_resident_memory_bytes: [],
  nodejs_heap_size_used_bytes: [],
  container_memory_working_set_bytes: [],
  kube_pod_container_resource_limits: ['resource'],
};

interface Definition {
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
}

/** The metrics that src/metrics defines, and those of others that an operator of the service looks at. */
export async function knownMetrics(): Promise<Metrics> {
  const definitions = await readDefinitions();
  const own = definitions.flatMap(({ name, kind, labels }): [string, readonly string[]][] =>
    kind === 'histogram' ? [[`${name}_bucket`, [...labels, 'le']]] : [[name, labels]],
  );
  return new Map([...own, ...Object.entries(others)]);
}

async function readDefinitions(): Promise<readonly Definition[]> {
  const path = 'src/metrics/metric-definitions.ts';
  if (existsSync(path)) {
    const module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as {
      metricDefinitions: Readonly<Record<string, Definition>>;
    };
    return Object.values(module.metricDefinitions);
  }
  return Object.entries(agreed).map(([name, labels]) => ({
    name,
    kind: histograms.includes(name) ? 'histogram' : 'other',
    labels,
  }));
}
