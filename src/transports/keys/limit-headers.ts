/** How much a key may still ask of one thing. */
export interface LimitState {
  readonly name: 'requests' | 'audio-seconds';
  readonly limit: number;
  /** Time in which the whole limit refills. */
  readonly periodMs: number;
  readonly remaining: number;
  /** Time until all of it is there again. */
  readonly resetMs: number;
}

/** The names of these headers, which scripts of pages may read. */
export const limitHeaderNames: readonly string[] = [
  ...(['requests', 'audio-seconds'] as const).flatMap((name) =>
    ['limit', 'remaining', 'reset'].map((field) => `x-ratelimit-${field}-${name}`),
  ),
  'ratelimit',
  'ratelimit-policy',
];

/** OpenAI's headers, and those of the IETF's draft (draft-ietf-httpapi-ratelimit-headers). */
export function limitHeaders(limits: readonly LimitState[]): Readonly<Record<string, string>> {
  if (limits.length === 0) return {};
  const headers: Record<string, string> = {};
  for (const { name, limit, remaining, resetMs } of limits) {
    headers[`x-ratelimit-limit-${name}`] = String(limit);
    headers[`x-ratelimit-remaining-${name}`] = String(remaining);
    headers[`x-ratelimit-reset-${name}`] = durationOf(resetMs);
  }
  const listed = (write: (limit: LimitState) => string): string =>
    limits.map((limit) => `"${limit.name}";${write(limit)}`).join(', ');
  headers['ratelimit-policy'] = listed(({ limit, periodMs }) => `q=${limit};w=${periodMs / 1_000}`);
  headers['ratelimit'] = listed(({ remaining, resetMs }) => `r=${remaining};t=${Math.ceil(resetMs / 1_000)}`);
  return headers;
}

/** As OpenAI writes it: `120ms`, `17s`, `6m0s`, `1h0m0s`. */
function durationOf(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  const seconds = Math.ceil(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes % 60}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
