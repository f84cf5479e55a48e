import { Find } from './fuzz-target.js';

export interface MemorySummary {
  /** Bytes of the readings after the first half, as a straight line grows over them. */
  readonly growthBytes: number;
  readonly firstBytes: number;
  readonly lastBytes: number;
}

/** @param readings at equal distances; allocators and caches warm up in the first half */
export function summaryOfMemory(readings: readonly number[]): MemorySummary {
  const half = readings.slice(readings.length >> 1);
  const middle = (half.length - 1) / 2;
  const mean = half.reduce((sum, value) => sum + value, 0) / Math.max(1, half.length);
  const above = half.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  const below = half.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  const slope = below === 0 ? 0 : above / below;
  return {
    growthBytes: Math.round(slope * (half.length - 1)),
    firstBytes: readings[0] ?? 0,
    lastBytes: readings.at(-1) ?? 0,
  };
}

/** Fewer show how a process warms up, and not a slope. */
const readingsAtLeast = 20;

/** @returns a find if memory grew by more than `bytesAtMost` over the second half of the readings */
export function growthFault(readings: readonly number[], bytesAtMost: number): Find | undefined {
  if (readings.length < readingsAtLeast) return undefined;
  const { growthBytes } = summaryOfMemory(readings);
  if (growthBytes <= bytesAtMost) return undefined;
  const [grown, most] = [growthBytes, bytesAtMost].map((bytes) => Math.round(bytes / 1e6));
  return new Find(`memory grew by ${grown} MB in the second half of the run, more than ${most} MB`);
}
