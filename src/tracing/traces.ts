import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import { serviceVersion } from '../common/service-version.js';
import { RecognitionSpans } from './recognition-spans.js';
import { RequestSpans } from './request-spans.js';

export interface TraceOptions {
  /** Base address of a collector, without `/v1/traces`. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** Share (0 to 1) of the requests whose clients do not decide about sampling. */
  readonly sampledShare: number;
}

export interface Traces {
  readonly requests: RequestSpans;
  readonly recognition: RecognitionSpans;
  /** Sends the remaining spans, unless the collector takes too long. */
  close(): Promise<void>;
}

/** A collector that does not answer must not delay the shutdown of the service. */
const closeTimeoutMs = 3_000;

/** Sends spans to the collector in batches, as JSON by OTLP over HTTP. An unreachable collector only loses spans. */
export function openTraces({ endpoint, headers, serviceName, sampledShare }: TraceOptions): Traces {
  logExportFailures();
  const version = serviceVersion();
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, headers });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: serviceName, [ATTR_SERVICE_VERSION]: version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampledShare) }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('hearken', version);
  const requests = new RequestSpans(tracer);
  return {
    requests,
    recognition: new RecognitionSpans(tracer, requests),
    close: async () => {
      const cancelled = new AbortController();
      const closed = provider.shutdown().catch(() => undefined);
      const tooLong = sleep(closeTimeoutMs, undefined, { signal: cancelled.signal }).catch(() => undefined);
      await Promise.race([closed, tooLong]);
      cancelled.abort();
    },
  };
}

/** OpenTelemetry reports spans that it could not send only to a logger that is set. */
function logExportFailures(): void {
  const logger = new Logger('Tracing');
  const silent = (): void => undefined;
  const warn = (): void => logger.warn({ msg: 'spans could not be exported' });
  diag.setLogger(
    { error: warn, warn, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
