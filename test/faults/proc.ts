import { readdirSync, readFileSync } from 'node:fs';

/** Processes as Linux shows them in /proc. */

export const processKinds = ['decoding', 'spare', 'voice-activity', 'reading', 'live-decoding'] as const;
export type ProcessKind = (typeof processKinds)[number];

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

export function childrenOf(pid: number): number[] {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  return threads.flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

export function kindOf(pid: number): ProcessKind | undefined {
  const line = read(`/proc/${pid}/cmdline`).split('\0').join(' ');
  if (/inference\/worker\.[jt]s decoding/.test(line)) return 'decoding';
  if (/inference\/worker\.[jt]s spare/.test(line)) return 'spare';
  if (/inference\/worker\.[jt]s voice-activity/.test(line)) return 'voice-activity';
  if (line.includes('live-decoding-worker')) return 'live-decoding';
  return line.includes('reading-worker') ? 'reading' : undefined;
}

/** A process that is there and not a zombie. */
export function isRunning(pid: number): boolean {
  const state = /\) (\w)/.exec(read(`/proc/${pid}/stat`))?.[1];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

export function isStopped(pid: number): boolean {
  return /\) T/.test(read(`/proc/${pid}/stat`));
}

export function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** Resident bytes; pages that processes share count for each. */
export function residentBytesOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1_024;
}
