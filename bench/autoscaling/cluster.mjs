/**
 * The pods of one day, second by second. Work flows instead of jumping: streams ask for their share of the cores each
 * second, unfinished work is late, and recordings get the rest.
 */
export class Cluster {
  /** Streams that end in that second, by pod: how many. */
  #pods = [];
  #nextId = 0;

  /**
   * @param {{ cores: number, places: number, streamCost: number, uploadCost: number, maxLagSeconds: number }} pod
   *   costs in core-seconds: of a second of a stream, and of an upload
   * @param {{ scheduleSeconds: number, startSeconds: number }} times until a pod is there and until it is ready
   */
  constructor(pod, times, replicas) {
    this.pod = pod;
    this.times = times;
    for (let count = 0; count < replicas; count++) this.#add(-Infinity);
  }

  get replicas() {
    return this.#pods.length;
  }

  get ready() {
    return this.#pods.filter(({ isReady }) => isReady);
  }

  get streams() {
    return this.#pods.reduce((sum, { streams }) => sum + streams, 0);
  }

  #add(now) {
    const { scheduleSeconds, startSeconds } = this.times;
    this.#pods.push({
      id: this.#nextId++,
      readyAt: now + scheduleSeconds + startSeconds,
      isReady: now === -Infinity,
      streams: 0,
      ends: new Map(),
      streamWork: 0,
      uploadWork: 0,
      busy: 0,
    });
  }

  /** Lets pods become ready and streams end. To be called first in each second. */
  begin(now) {
    for (const pod of this.#pods) {
      pod.isReady ||= now >= pod.readyAt;
      pod.streams -= pod.ends.get(now) ?? 0;
      pod.ends.delete(now);
    }
  }

  /** @returns {boolean} whether a place was found, by least connections */
  open(now, seconds) {
    const pod = this.#leastTaken();
    if (pod === undefined || pod.streams >= this.pod.places || this.lagOf(pod) > this.pod.maxLagSeconds)
      return false;
    const end = Math.max(now + 1, Math.round(now + seconds));
    pod.streams++;
    pod.ends.set(end, (pod.ends.get(end) ?? 0) + 1);
    return true;
  }

  /** @returns {number} seconds until its text is there, at the pod's speed of now; undefined where no pod is ready */
  upload() {
    const pod = this.#leastTaken();
    if (pod === undefined) return undefined;
    pod.uploadWork += this.pod.uploadCost;
    const left = Math.max(0.05 * this.pod.cores, this.pod.cores - pod.streams * this.pod.streamCost);
    return pod.streamWork / this.pod.cores + pod.uploadWork / left;
  }

  /** A second of work. */
  work() {
    const { cores, streamCost } = this.pod;
    for (const pod of this.ready) {
      const wanted = pod.streamWork + pod.streams * streamCost;
      const streamDone = Math.min(cores, wanted);
      pod.streamWork = wanted - streamDone;
      const uploadDone = Math.min(cores - streamDone, pod.uploadWork);
      pod.uploadWork -= uploadDone;
      pod.busy = (streamDone + uploadDone) / cores;
    }
  }

  lagOf(pod) {
    return pod.streamWork / this.pod.cores;
  }

  /**
   * Sets the replicas of the Deployment. Pods that are not ready are removed first, then the newest.
   * @returns {number[]} the seconds left of streams that have to go elsewhere
   */
  scale(now, replicas) {
    while (this.#pods.length < replicas) this.#add(now);
    const moved = [];
    while (this.#pods.length > replicas) {
      const at = this.#pods.findLastIndex(({ isReady }) => !isReady);
      const [gone] = this.#pods.splice(at >= 0 ? at : this.#pods.length - 1, 1);
      for (const [end, count] of gone.ends) moved.push(...Array(count).fill(end - now));
    }
    return moved;
  }

  /** What Prometheus would read of each pod. */
  scrape() {
    return this.#pods.map((pod) => ({
      id: pod.id,
      ratio: pod.isReady ? pod.streams / this.pod.places : undefined,
      lagSeconds: pod.isReady ? this.lagOf(pod) : undefined,
    }));
  }

  #leastTaken() {
    let least;
    for (const pod of this.#pods)
      if (pod.isReady && (least === undefined || pod.streams < least.streams)) least = pod;
    return least;
  }
}
