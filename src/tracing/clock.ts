/** Now, in ms since 1970: one clock for starts and ends, finer than Date's and never set back. */
export function clockMs(): number {
  return performance.timeOrigin + performance.now();
}
