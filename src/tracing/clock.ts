/** Milliseconds since 1970, for starts and ends of spans. The clock is finer than that of Date and never set back. */
export function clockMs(): number {
  return performance.timeOrigin + performance.now();
}
