import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of array buffers that are still in use: what is garbage is collected first. */
export function arrayBufferBytes(): number {
  // The second time, buffers are freed that the first has finalized.
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}
