/** `HH:MM:SS,mmm` or `HH:MM:SS.mmm`; hours may have more than two digits. */
export function timestamp(seconds: number, decimalMark: ',' | '.'): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const rest = String(ms % 1000).padStart(3, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${decimalMark}${rest}`;
}

/** Rounds to milliseconds, the resolution of all times in responses. */
export function roundedSeconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
