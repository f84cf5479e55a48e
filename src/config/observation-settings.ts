import { anyText, decimal, flag, pairsOf, setting } from './setting.js';
import type { Setting } from './setting.js';

/** What operators see of the service; a part of the table in settings.ts. */
export const observationSettings = {
  METRICS_ENABLED: setting(
    flag,
    'true',
    'Serve metrics for Prometheus at /metrics without an API key: keep the path inside your network.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    anyText,
    '',
    'Address of an OpenTelemetry collector that accepts OTLP over HTTP, for instance `http://localhost:4318`. Without it there are no traces.',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: setting(
    pairsOf(anyText),
    '',
    'Headers for the collector as name=value pairs, for instance a key.',
    { secret: true },
  ),
  OTEL_SERVICE_NAME: setting(anyText, 'hearken', 'The name of the service in traces.'),
  OTEL_TRACES_SAMPLER_ARG: setting(
    decimal(0, 1),
    '1',
    'Share of the requests to trace. A client that sends a trace context decides for its requests.',
  ),
} as const satisfies Record<string, Setting<unknown>>;
