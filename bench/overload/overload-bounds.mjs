// The bounds of `npm run bench:overload`.

const mostTimesCapacity = 1.5;
const mostHealthMs = 50;
/** Memory that is left after the overload, beside that before it: caches of allocators. */
const mostLeftMegabytes = 100;
/** Memory that the whole service takes at most, beside that at capacity. */
const mostGrownMegabytes = 300;

/** @param {any} run what overload.mjs measured @returns {{ name: string, found: number, limit: number, held: boolean }[]} */
export function boundsOf({ quiet, capacity, overload, afterwards }) {
  const bound = (name, found, limit) => ({
    name,
    found: round(found),
    limit: round(limit),
    held: found <= limit,
  });
  const { uploads, sockets } = overload;
  return [
    bound(
      'p95 of accepted uploads, times that at capacity',
      uploads.acceptedMs.p95 / capacity.uploads.acceptedMs.p95,
      mostTimesCapacity,
    ),
    bound('refusals without Retry-After', uploads.withoutRetryAfter + sockets.withoutRetryAfter, 0),
    bound('uploads that failed, or had no answer', uploads.failed + uploads.unanswered, 0),
    bound('sockets that were lost', sockets.lost, 0),
    bound('health p95, ms above a quiet machine', overload.healthMs.p95 - quiet.healthMs.p95, mostHealthMs),
    bound('health p95 afterwards, ms above', afterwards.healthMs.p95 - quiet.healthMs.p95, mostHealthMs),
    bound(
      'highest memory, MB above that at capacity',
      overload.highestMemory.megabytes - capacity.highestMemory.megabytes,
      mostGrownMegabytes,
    ),
    bound(
      'memory after 10 s, MB above the highest at capacity',
      afterwards.memory[0].megabytes - capacity.highestMemory.megabytes,
      mostLeftMegabytes,
    ),
  ];
}

function round(value) {
  return Number(value.toFixed(2));
}
