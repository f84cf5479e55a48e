import { readFileSync, readdirSync } from 'node:fs';

/**
 * Of a process and all that it started. The proportional size counts a page that n processes share 1/n times in each, so
 * that the sum is what the machine is out of; the resident size counts it in each.
 * @returns {{ pid: number, name: string, pss: number, rss: number }[]} bytes
 */
export function memoryOfTree(pid) {
  return processTree(pid).flatMap((member) => {
    try {
      const sizes = readFileSync(`/proc/${member}/smaps_rollup`, 'utf8');
      const of = (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(sizes)?.[1] ?? 0) * 1024;
      const command = readFileSync(`/proc/${member}/cmdline`, 'utf8').split('\0');
      return [{ pid: member, name: command.at(-2) ?? '', pss: of('Pss'), rss: of('Rss') }];
    } catch {
      return []; // it has just ended
    }
  });
}

function processTree(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(processTree)];
}
