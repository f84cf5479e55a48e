import type { Context, Span, Tracer } from '@opentelemetry/api';
import type { Origin } from '../common/origin.js';
import { RecognitionObserver } from '../recognition/recognition-observer.js';
import type { DecodeObservation } from '../inference/decode-observer.js';
import type { StreamAudio, StreamObservation } from '../recognition/recognition-observer.js';
import { clockMs } from './clock.js';
import type { RequestSpans } from './request-spans.js';

/** A socket that is open for hours must not produce a trace that is too large to open. */
const maxTracedDecodes = 1_000;

/**
 * Creates the spans below a request: each decode, with its wait in the queue, and each live stream. They are created in
 * the main process from measured times; workers do not trace.
 */
export class RecognitionSpans extends RecognitionObserver {
  private readonly streams = new WeakMap<StreamObservation, Span>();
  private readonly decodes = new WeakMap<Origin, number>();

  constructor(
    private readonly tracer: Tracer,
    private readonly requests: RequestSpans,
  ) {
    super();
  }

  override decoded(observation: DecodeObservation): void {
    const { origin, modelId, priority, audioMs, queueMs, runMs, computeMs, batchSize, tokens, retried } =
      observation;
    const context = this.contextForDecode(origin);
    if (context === undefined) return;
    const end = clockMs();
    const taken = end - runMs;
    const common = { 'hearken.model': modelId, 'hearken.priority': priority };
    this.tracer.startSpan('queue', { startTime: taken - queueMs, attributes: common }, context).end(taken);
    const attributes = {
      ...common,
      'hearken.audio_ms': audioMs,
      'hearken.queue_ms': queueMs,
      'hearken.compute_ms': computeMs,
      'hearken.batch_size': batchSize,
      'hearken.tokens': tokens,
      'hearken.retried': retried,
    };
    this.tracer.startSpan('decode', { startTime: taken, attributes }, context).end(end);
  }

  override streamOpened(stream: StreamObservation): void {
    const context = this.requests.contextFor(stream.origin);
    if (context === undefined) return;
    const attributes = { 'hearken.model': stream.modelId };
    const span = this.tracer.startSpan('stream', { startTime: clockMs(), attributes }, context);
    this.streams.set(stream, span);
  }

  override streamClosed(stream: StreamObservation, { audioMs }: StreamAudio): void {
    const span = this.streams.get(stream);
    span?.setAttribute('hearken.audio_ms', audioMs);
    span?.end(clockMs());
  }

  private contextForDecode(origin: Origin | undefined): Context | undefined {
    const context = this.requests.contextFor(origin);
    if (origin === undefined || context === undefined) return undefined;
    const decodes = (this.decodes.get(origin) ?? 0) + 1;
    this.decodes.set(origin, decodes);
    return decodes > maxTracedDecodes ? undefined : context;
  }
}
