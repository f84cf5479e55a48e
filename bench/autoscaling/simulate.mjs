import { Autoscaler, syncSeconds } from './autoscaler.mjs';
import { Cluster } from './cluster.mjs';
import { daySeconds } from './traffic.mjs';

/** When a refused client tries again, as `Retry-After` asks, and how often. */
const retrySeconds = 2;
const tries = 5;
const lagWindowSeconds = 60;
const sampleSeconds = 60;

/**
 * One day with one autoscaler.
 * @param {ReturnType<typeof import('./traffic.mjs').trafficOf>} traffic
 * @param {{ spec: object, pod: object, times: { scheduleSeconds: number, startSeconds: number, metricSeconds: number } }} setup
 *   `metricSeconds`: how old a metric is when the autoscaler reads it
 */
export function simulate(traffic, { spec, pod, times }) {
  const cluster = new Cluster(pod, times, spec.minReplicas);
  const autoscaler = new Autoscaler(spec);
  const [ratioTarget, lagTarget] = targetsOf(spec);
  const scrapes = new Map();
  const waiting = new Map();
  const totals = { streams: 0, refused: 0, givenUp: 0, moved: 0, podSeconds: 0, readySeconds: 0, busy: 0 };
  const lags = [];
  const uploadSeconds = [];
  const samples = [];
  let refusedInSample = 0;

  for (let now = 0; now < daySeconds; now++) {
    cluster.begin(now);
    const begun = traffic.streams[now].map((seconds) => ({ seconds, tried: 0 }));
    totals.streams += begun.length;
    for (const stream of [...(waiting.get(now) ?? []), ...begun]) {
      if (cluster.open(now, stream.seconds)) continue;
      if (stream.tried === 0) {
        totals.refused++;
        refusedInSample++;
      }
      if (++stream.tried >= tries) totals.givenUp++;
      else waiting.set(now + retrySeconds, [...(waiting.get(now + retrySeconds) ?? []), stream]);
    }
    waiting.delete(now);
    for (let count = 0; count < traffic.uploads[now]; count++)
      uploadSeconds.push(cluster.upload() ?? Infinity);
    cluster.work();

    const { ready } = cluster;
    totals.podSeconds += cluster.replicas;
    totals.readySeconds += ready.length;
    totals.busy += ready.reduce((sum, { busy }) => sum + busy, 0);
    for (const one of ready) for (let at = 0; at < one.streams; at += 4) lags.push(cluster.lagOf(one));
    scrapes.set(now, cluster.scrape());
    scrapes.delete(now - lagWindowSeconds - times.metricSeconds - 1);
    if (now % sampleSeconds === 0) {
      const { streams, replicas } = cluster;
      samples.push({ second: now, streams, replicas, ready: ready.length, refused: refusedInSample });
      refusedInSample = 0;
    }

    if (now % syncSeconds !== 0 || now < times.metricSeconds) continue;
    const ids = cluster.scrape().map(({ id }) => id);
    const wanted = autoscaler.decide(now, cluster.replicas, [
      { target: ratioTarget, values: ids.map((id) => readAt(scrapes, now - times.metricSeconds, id)?.ratio) },
      { target: lagTarget, values: ids.map((id) => worstLag(scrapes, now - times.metricSeconds, id)) },
    ]);
    for (const seconds of cluster.scale(now, wanted)) {
      totals.moved++;
      // Its clients come back at once.
      const again = { seconds, tried: 0 };
      if (seconds > 0) waiting.set(now + 1, [...(waiting.get(now + 1) ?? []), again]);
    }
  }
  return { target: ratioTarget, ...figures(totals, lags, uploadSeconds, samples), samples };
}

/** Values of the metrics, in the order of `simulate`: places taken, and lag. */
function targetsOf(spec) {
  const of = (name) =>
    quantity(spec.metrics.find(({ pods }) => pods.metric.name === name).pods.target.averageValue);
  return [of('hearken_places_used_ratio'), of('hearken_stream_lag_seconds')];
}

/** `700m` is 0.7. */
function quantity(text) {
  const value = String(text);
  return value.endsWith('m') ? Number(value.slice(0, -1)) / 1_000 : Number(value);
}

function readAt(scrapes, second, id) {
  return scrapes.get(second)?.find((pod) => pod.id === id);
}

/** As max_over_time. */
function worstLag(scrapes, second, id) {
  let worst;
  for (let at = second - lagWindowSeconds; at <= second; at += syncSeconds) {
    const lag = readAt(scrapes, at, id)?.lagSeconds;
    if (lag !== undefined) worst = Math.max(worst ?? 0, lag);
  }
  return worst;
}

function figures(totals, lags, uploadSeconds, samples) {
  const replicas = samples.map((sample) => sample.replicas);
  return {
    streams: totals.streams,
    refusedAtFirst: totals.refused,
    givenUp: totals.givenUp,
    movedByScalingDown: totals.moved,
    podHours: Number((totals.podSeconds / 3_600).toFixed(1)),
    mostPods: Math.max(...replicas),
    fewestPods: Math.min(...replicas),
    coresBusy: Number((totals.busy / totals.readySeconds).toFixed(3)),
    lagSeconds: { p99: percentile(lags, 0.99), p999: percentile(lags, 0.999), most: percentile(lags, 1) },
    uploadSeconds: { p50: percentile(uploadSeconds, 0.5), p99: percentile(uploadSeconds, 0.99) },
  };
}

function percentile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(3));
}
