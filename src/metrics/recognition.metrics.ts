import { Injectable } from '@nestjs/common';
import { RecognitionObserver } from '../recognition/recognition-observer.js';
import type { CancellationObservation, DecodeObservation } from '../inference/decode-observer.js';
import type {
  FinalObservation,
  PartialObservation,
  RecordingObservation,
  StreamAudio,
  StreamObservation,
} from '../recognition/recognition-observer.js';
import { Recognizer } from '../recognition/recognizer.js';
import { priorities } from '../inference/scheduling/request-queue.js';
import { WireProtocols } from '../transports/shared/wire-protocol.js';
import { labels } from './metric-kinds.js';
import { MetricsRegistry } from './metrics-registry.js';

/** Counts and times the work of recognition. Work without an origin, which no transport requested, is not counted. */
@Injectable()
export class RecognitionMetrics extends RecognitionObserver {
  constructor(
    private readonly registry: MetricsRegistry,
    private readonly recognizer: Recognizer,
    private readonly protocols: WireProtocols,
  ) {
    super();
  }

  /** Creates all counters, because a rate does not include the first count of a new series. */
  start(): void {
    const { metrics } = this.registry;
    for (const priority of priorities) metrics.cancelled.inc({ priority }, 0);
    for (const pool of labels.pool) metrics.workerRestarts.inc({ pool }, 0);
    for (const { name: protocol } of this.protocols.all) {
      metrics.emptyTranscripts.inc({ protocol }, 0);
      for (const { id, version } of this.recognizer.models) {
        metrics.audioSeconds.inc({ model: id, version: String(version), protocol }, 0);
      }
    }
  }

  override decoded({ modelId: model, priority, audioMs, queueMs, computeMs }: DecodeObservation): void {
    const { metrics } = this.registry;
    metrics.queueWait.observe({ model, priority }, queueMs / 1_000);
    metrics.compute.observe({ model, priority }, computeMs / 1_000);
    if (audioMs > 0) metrics.rtf.observe({ model }, computeMs / audioMs);
  }

  override cancelled({ priority }: CancellationObservation): void {
    this.registry.metrics.cancelled.inc({ priority });
  }

  override workerReplaced({ pool }: { readonly pool: string }): void {
    this.registry.metrics.workerRestarts.inc({ pool: pool.replaceAll(' ', '-') });
  }

  override recordingCompleted(recording: RecordingObservation): void {
    this.countAudio(recording, recording);
    const { origin, segments } = recording;
    if (segments === 0 && origin !== undefined)
      this.registry.metrics.emptyTranscripts.inc({ protocol: origin.protocol });
  }

  override audioReceived(stream: StreamObservation, audio: StreamAudio): void {
    this.countAudio(stream, audio);
  }

  override firstPartial({ origin }: StreamObservation, { latencyMs }: PartialObservation): void {
    if (origin === undefined) return;
    this.registry.metrics.timeToFirstPartial.observe({ protocol: origin.protocol }, latencyMs / 1_000);
  }

  override finalMade({ origin }: StreamObservation, { latencyMs, empty }: FinalObservation): void {
    if (origin === undefined) return;
    const { protocol } = origin;
    this.registry.metrics.finalLatency.observe({ protocol }, latencyMs / 1_000);
    if (empty) this.registry.metrics.emptyTranscripts.inc({ protocol });
  }

  private countAudio({ modelId, origin }: StreamObservation, { audioMs }: StreamAudio): void {
    if (origin === undefined) return;
    const { protocol } = origin;
    const version = this.recognizer.models.find(({ id }) => id === modelId)?.version;
    if (version === undefined) return;
    const names = { model: modelId, version: String(version), protocol };
    this.registry.metrics.audioSeconds.inc(names, audioMs / 1_000);
  }
}
