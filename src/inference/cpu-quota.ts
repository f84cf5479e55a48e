import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/**
 * Cores that this process may use: the CPU quota of its control group (v2 `cpu.max`, v1 `cpu.cfs_quota_us`) where
 * there is one, otherwise the processors it may run on. Node's own count does not see the quota before Node 24.
 */
export function availableCores(root = '/'): number {
  const processors = availableParallelism();
  const quota = quotaV2(root) ?? quotaV1(root);
  return quota === undefined ? processors : Math.min(processors, quota);
}

/** One worker for each whole core, at least one: a worker on a fraction of a core is throttled in the middle of a word. */
export function workersFor(setting: number): number {
  return setting > 0 ? setting : Math.max(1, Math.floor(availableCores()));
}

function quotaV2(root: string): number | undefined {
  const group = ownGroup(root, (controllers) => controllers === '') ?? '/';
  // Inside a container the group's own path is often not mounted, and the root of the mount is the group.
  for (const folder of [group, '/']) {
    const [quota, period] = (read(join(root, 'sys/fs/cgroup', folder, 'cpu.max')) ?? '').trim().split(' ');
    if (quota === 'max') continue;
    const cores = Number(quota) / Number(period);
    if (quota !== '' && Number.isFinite(cores) && cores > 0) return cores;
  }
  return undefined;
}

function quotaV1(root: string): number | undefined {
  const group = ownGroup(root, (controllers) => controllers.split(',').includes('cpu')) ?? '/';
  for (const folder of [group, '/']) {
    const base = join(root, 'sys/fs/cgroup/cpu', folder);
    const cores =
      Number(read(join(base, 'cpu.cfs_quota_us'))) / Number(read(join(base, 'cpu.cfs_period_us')));
    if (Number.isFinite(cores) && cores > 0) return cores;
  }
  return undefined;
}

function ownGroup(root: string, isWanted: (controllers: string) => boolean): string | undefined {
  for (const line of (read(join(root, 'proc/self/cgroup')) ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers !== undefined && isWanted(controllers)) return path;
  }
  return undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
