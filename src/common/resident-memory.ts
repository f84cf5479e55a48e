import { readFile } from 'node:fs/promises';

/**
 * Resident memory of processes together, in bytes; a process that has ended counts nothing.
 * Undefined where there is no /proc.
 */
export async function residentBytes(pids: readonly number[]): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  const sizes = await Promise.all(pids.map(residentBytesOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** In /proc/PID/status the kernel says kB; statm counts pages, whose size is not the same on every machine. */
async function residentBytesOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
}
