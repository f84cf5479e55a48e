import {
  defaultTextMapGetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import type { Context, Span, Tracer } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
} from '@opentelemetry/semantic-conventions';
import type { Origin } from '../common/origin.js';
import type { RequestEnd, RequestStart, TransportObserver } from '../transports/shared/transport-observer.js';
import { clockMs } from './clock.js';

/** Creates one span for each request or socket, in the trace of the client if it sends one. */
export class RequestSpans implements TransportObserver {
  private readonly spans = new WeakMap<Origin, Span>();
  private readonly propagator = new W3CTraceContextPropagator();

  constructor(private readonly tracer: Tracer) {}

  requestBegan(origin: Origin, { method, path, traceparent }: RequestStart): void {
    const span = this.tracer.startSpan(
      `${method} ${path}`,
      {
        kind: SpanKind.SERVER,
        startTime: clockMs(),
        attributes: {
          [ATTR_HTTP_REQUEST_METHOD]: method,
          [ATTR_HTTP_ROUTE]: path,
          'hearken.protocol': origin.protocol,
          'hearken.request_id': origin.requestId,
        },
      },
      this.contextOfClient(traceparent),
    );
    this.spans.set(origin, span);
  }

  warned(): void {
    // Only metrics count warnings.
  }

  requestEnded(origin: Origin, { outcome, status, code }: RequestEnd): void {
    const span = this.spans.get(origin);
    if (span === undefined) return;
    span.setAttributes({ [ATTR_HTTP_RESPONSE_STATUS_CODE]: status, 'hearken.outcome': outcome });
    if (code !== undefined) span.setAttribute(ATTR_ERROR_TYPE, code);
    // A mistake of a client is not an error of the server.
    if (outcome === 'failed') span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(clockMs());
  }

  /** @returns the context for spans below this request; undefined if the request is not sampled */
  contextFor(origin: Origin | undefined): Context | undefined {
    const span = origin === undefined ? undefined : this.spans.get(origin);
    if (span === undefined || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
    return trace.setSpan(ROOT_CONTEXT, span);
  }

  /** Ignores an invalid header. */
  private contextOfClient(traceparent: string | undefined): Context {
    if (traceparent === undefined) return ROOT_CONTEXT;
    return this.propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
  }
}
