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
