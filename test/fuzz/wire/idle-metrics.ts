import { readSamples, valueOf } from '../../support/prometheus-text.js';
import { Find } from '../fuzz-target.js';

/** Gauges that are back at 0 when no client is there. */
const held = ['hearken_places_used', 'hearken_held_bytes', 'hearken_queued_segments'] as const;
/** Processes that ended and were replaced, by their pool. */
const replaced = 'hearken_worker_restarts_total';

/**
 * @param text of /metrics
 * @returns what is still held, for people; empty if nothing is
 * @throws Find if a metric is missing: it is at 0 under no other name
 */
export function heldIn(text: string): string {
  const samples = readSamples(text);
  return held
    .map((name) => `${name} ${required(text, name) && (valueOf(samples, name) ?? 0)}`)
    .filter((value) => !value.endsWith(' 0'))
    .join(', ');
}

/** @param text of /metrics. @throws Find if processes were replaced */
export function checkNoneReplaced(text: string): void {
  required(text, replaced);
  const pools = readSamples(text).filter(({ name, value }) => name === replaced && value > 0);
  if (pools.length === 0) return;
  const named = pools.map(({ labels, value }) => `${value} of ${labels['pool']}`).join(', ');
  throw new Find(`a process was replaced: ${named}`);
}

function required(text: string, name: string): true {
  if (text.includes(`# TYPE ${name} `)) return true;
  throw new Find(`no metric ${name}`);
}
