import { sampleRate } from '../streaming/playlist.mjs';

/** A body for `POST /v1/listen` without a header. @param {Float32Array} samples shape (samples) */
export function int16Bytes(samples) {
  return new Uint8Array(Int16Array.from(samples, (sample) => Math.round(sample * 32_767)).buffer);
}

/**
 * Posts raw samples. @returns {Promise<{ status: number, ms: number, retryAfter: string | null, code: string | undefined }>}
 *   status 0 if there was no answer, as when the signal was aborted
 */
export async function postSamples(url, body, { key = undefined, signal = null } = {}) {
  const address = new URL(`/v1/listen?encoding=linear16&sample_rate=${sampleRate}`, url);
  const headers = {
    'content-type': 'application/octet-stream',
    ...(key && { authorization: `Token ${key}` }),
  };
  const since = performance.now();
  try {
    const response = await fetch(address, { method: 'POST', headers, body, signal });
    const answer = /** @type {{ err_code?: string }} */ (await response.json());
    const ms = performance.now() - since;
    return {
      status: response.status,
      ms,
      retryAfter: response.headers.get('retry-after'),
      code: answer.err_code,
    };
  } catch {
    return { status: 0, ms: performance.now() - since, retryAfter: null, code: undefined };
  }
}

/** Nearest rank. @param {number[]} values in any order */
export function quantile(values, share) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}
