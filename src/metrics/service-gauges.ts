import { Injectable } from '@nestjs/common';
import { serviceVersion } from '../common/service-version.js';
import { ShutdownState } from '../common/shutdown-state.js';
import { RecognitionEngine } from '../recognition/recognition-engine.js';
import { Recognizer } from '../recognition/recognizer.js';
import { ReadingEngine } from '../recognition/recordings/reading-engine.js';
import { HeldBytes } from '../transports/shared/held-bytes.js';
import { RequestPlaces } from '../transports/shared/request-places.js';
import { StreamPlaces } from '../transports/shared/stream-places.js';
import { TlsCertificate } from '../transports/shared/tls-certificate.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { MetricsRegistry } from './metrics-registry.js';
import { residentBytes } from '../common/resident-memory.js';

/** Gauges that are read from the stages at each scrape. */
@Injectable()
export class ServiceGauges {
  private readonly eventLoopDelay = new EventLoopDelay();

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly recognizer: Recognizer,
    private readonly engine: RecognitionEngine,
    private readonly reading: ReadingEngine,
    private readonly streamPlaces: StreamPlaces,
    private readonly requestPlaces: RequestPlaces,
    private readonly heldBytes: HeldBytes,
    private readonly shutdown: ShutdownState,
    private readonly certificate: TlsCertificate,
  ) {}

  start(): void {
    this.eventLoopDelay.start();
  }

  stop(): void {
    this.eventLoopDelay.stop();
  }

  async read(): Promise<void> {
    const { metrics } = this.registry;
    metrics.streamLag.set(this.recognizer.liveStreams.worstLagMs / 1_000);
    metrics.placesUsed.set({ kind: 'stream' }, this.streamPlaces.used);
    metrics.placesTotal.set({ kind: 'stream' }, this.streamPlaces.total);
    metrics.placesUsed.set({ kind: 'request' }, this.requestPlaces.used);
    metrics.placesTotal.set({ kind: 'request' }, this.requestPlaces.total);
    const { uploads, sockets } = this.heldBytes.used;
    metrics.heldBytes.set({ holder: 'uploads' }, uploads);
    metrics.heldBytes.set({ holder: 'sockets' }, sockets);
    metrics.heldBytesLimit.set(this.heldBytes.limit);
    metrics.workersReady.set(this.engine.workersReady);
    metrics.workersWanted.set(this.engine.workers);
    metrics.queuedSegments.set(this.engine.scheduler.stats.queued);
    metrics.shuttingDown.set(this.shutdown.shuttingDown ? 1 : 0);
    const delay = this.eventLoopDelay.read();
    metrics.eventLoopDelay.set({ quantile: '0.5' }, delay.median);
    metrics.eventLoopDelay.set({ quantile: '0.99' }, delay.p99);
    metrics.eventLoopDelay.set({ quantile: 'max' }, delay.max);
    this.readGraphs();
    this.readCertificate();
    await this.readMemory();
  }

  /** Resets the gauges first, because a replaced process may have loaded other graphs. */
  private readGraphs(): void {
    const { buildInfo, degraded } = this.registry.metrics;
    buildInfo.reset();
    degraded.reset();
    for (const { model, version, variant, degradations } of this.recognizer.graphs) {
      buildInfo.set({ version: serviceVersion(), model, model_version: String(version), variant }, 1);
      for (const degradation of degradations) degraded.set({ model, degradation }, 1);
    }
  }

  private readCertificate(): void {
    const { certificateExpiry, certificateRejected } = this.registry.metrics;
    const { expiresAt, isRejected } = this.certificate;
    if (expiresAt === undefined) {
      // Otherwise they would be 0.
      certificateExpiry.remove();
      certificateRejected.remove();
      return;
    }
    certificateExpiry.set(expiresAt.getTime() / 1_000);
    certificateRejected.set(isRejected ? 1 : 0);
  }

  private async readMemory(): Promise<void> {
    const { decoding, voiceActivity } = this.engine.processIds;
    const reading = [...this.reading.pool.pids, ...this.reading.live.pids];
    const processes = { main: [process.pid], decoding, 'voice-activity': voiceActivity, reading };
    for (const [name, pids] of Object.entries(processes)) {
      const bytes = await residentBytes(pids);
      if (bytes !== undefined) this.registry.metrics.processMemory.set({ process: name }, bytes);
    }
  }
}
