import { getHeapStatistics } from 'node:v8';

/** A young collection takes a third of a millisecond. */
const youngBytes = 2_097_152;
/** A full collection takes 10 to 30 ms. */
const oldBytes = 4_194_304;

let afterYoung = 0;
let afterFull = 0;

/**
 * Collects garbage if much memory outside of the heap was taken since the last collection: samples, tensors and messages. V8
 * by itself lets tens of megabytes of them become garbage first, and malloc never gives back what lies between blocks that
 * stay. Work that takes megabytes calls this after each of its steps. Does nothing in a process without `--expose-gc`.
 */
export function collectExternalMemory(): void {
  const { gc } = globalThis;
  if (gc === undefined) return;
  const now = externalBytes();
  afterYoung = Math.min(afterYoung, now);
  if (now < afterYoung + youngBytes) return;
  gc({ type: 'minor' });
  afterYoung = externalBytes();
  afterFull = Math.min(afterFull, afterYoung);
  // A young collection leaves alone what has survived two of them.
  if (afterYoung < afterFull + oldBytes) return;
  gc();
  afterFull = afterYoung = externalBytes();
}

function externalBytes(): number {
  return getHeapStatistics().external_memory;
}
