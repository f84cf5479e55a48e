import { arrayBufferBytes } from '../../support/garbage.js';

/** Parts of a target that gives its inputs to code in this process, one after the other. */
export const inProcess = {
  together: 1,
  /** Measured without a leak: below 1 MB. */
  growthBytesAtMost: 10e6,
  checkAfterwards: (): Promise<void> => Promise.resolve(),
  /** Heap and buffers in use. */
  memoryBytes: (): Promise<number> => Promise.resolve(arrayBufferBytes() + process.memoryUsage().heapUsed),
  end: (): Promise<void> => Promise.resolve(),
} as const;
