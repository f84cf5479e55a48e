/** The control loop and its tolerance, as Kubernetes has them without flags of the controller manager. */
export const syncSeconds = 15;
const tolerance = 0.1;

/**
 * The HorizontalPodAutoscaler for metrics of pods (`type: Pods`, `AverageValue`), as the Kubernetes documentation has
 * it under "Algorithm details" and "Configurable scaling behavior".
 */
export class Autoscaler {
  /** Recommendations of the past, for the stabilization of scaling down and up. */
  #recommendations = [];
  /** Changes of the past, for the policies: positive where pods were added. */
  #changes = [];

  /** @param spec of an autoscaling/v2 HorizontalPodAutoscaler */
  constructor(spec) {
    this.spec = spec;
  }

  /**
   * @param {number} now in seconds
   * @param {number} replicas that the Deployment has
   * @param {{ target: number, values: (number | undefined)[] }[]} metrics one value for each pod; undefined for a pod
   *   that has none yet
   * @returns {number} the replicas that there shall be
   */
  decide(now, replicas, metrics) {
    const { minReplicas, maxReplicas, behavior } = this.spec;
    const proposals = metrics.map((metric) => desiredReplicas(replicas, metric));
    const proposed = Math.min(Math.max(Math.max(...proposals), minReplicas), maxReplicas);
    const stabilized = this.#stabilize(now, replicas, proposed, behavior);
    const limited = this.#limit(now, replicas, stabilized, behavior);
    if (limited !== replicas) this.#changes.push({ at: now, by: limited - replicas });
    return limited;
  }

  #stabilize(now, replicas, proposed, { scaleUp, scaleDown }) {
    const [upWindow, downWindow] = [scaleUp, scaleDown].map((rules) => rules.stabilizationWindowSeconds);
    this.#recommendations.push({ at: now, replicas: proposed });
    const longest = Math.max(upWindow, downWindow);
    this.#recommendations = this.#recommendations.filter(({ at }) => at > now - longest || at === now);
    const within = (seconds) =>
      this.#recommendations.filter(({ at }) => at > now - seconds || at === now).map((past) => past.replicas);
    const [leastUp, mostDown] = [Math.min(...within(upWindow)), Math.max(...within(downWindow))];
    return Math.min(Math.max(replicas, leastUp), mostDown);
  }

  #limit(now, replicas, wanted, { scaleUp, scaleDown }) {
    if (wanted > replicas) return Math.min(wanted, this.#bound(now, replicas, scaleUp, 1));
    if (wanted < replicas) return Math.max(wanted, this.#bound(now, replicas, scaleDown, -1));
    return replicas;
  }

  #bound(now, replicas, { policies, selectPolicy = 'Max' }, direction) {
    const bounds = policies.map(({ type, value, periodSeconds }) => {
      const recent = this.#changes.filter(({ at, by }) => at > now - periodSeconds && by * direction > 0);
      const before = replicas - recent.reduce((sum, { by }) => sum + by, 0);
      if (type === 'Pods') return before + direction * value;
      const scaled = before * (1 + (direction * value) / 100);
      return direction > 0 ? Math.ceil(scaled) : Math.floor(scaled);
    });
    const widest = direction > 0 ? Math.max(...bounds) : Math.min(...bounds);
    const narrowest = direction > 0 ? Math.min(...bounds) : Math.max(...bounds);
    return selectPolicy === 'Min' ? narrowest : widest;
  }
}

/** Pods without a value count as idle before more are added, and as exactly at the target before some are taken away. */
function desiredReplicas(replicas, { target, values }) {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return replicas;
  const ratio = mean(known) / target;
  const missing = values.length - known.length;
  if (missing === 0) return Math.abs(ratio - 1) <= tolerance ? replicas : Math.ceil(ratio * known.length);
  const filled = [...known, ...Array(missing).fill(ratio > 1 ? 0 : target)];
  const ratioOfAll = mean(filled) / target;
  const turned = (ratio > 1 && ratioOfAll < 1) || (ratio < 1 && ratioOfAll > 1);
  if (Math.abs(ratioOfAll - 1) <= tolerance || turned) return replicas;
  const desired = Math.ceil(ratioOfAll * filled.length);
  // More pods to come do not turn a need for more into a need for fewer, nor the other way round.
  return (ratioOfAll > 1 && desired < replicas) || (ratioOfAll < 1 && desired > replicas)
    ? replicas
    : desired;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
