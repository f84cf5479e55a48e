import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { availableCores, workersFor } from './cpu-quota.js';

function rootWith(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'cgroup-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe('availableCores', () => {
  it('reads the quota of a version 2 group', () => {
    const root = rootWith({ 'proc/self/cgroup': '0::/pod\n', 'sys/fs/cgroup/pod/cpu.max': '50000 100000\n' });
    expect(availableCores(root)).toBe(0.5);
  });

  it('reads it at the root of the mount, as inside a container', () => {
    const root = rootWith({
      'proc/self/cgroup': '0::/kubepods/x\n',
      'sys/fs/cgroup/cpu.max': '75000 100000',
    });
    expect(availableCores(root)).toBe(0.75);
  });

  it('reads the quota of a version 1 group', () => {
    const root = rootWith({
      'proc/self/cgroup': '4:cpu,cpuacct:/a\n',
      'sys/fs/cgroup/cpu/a/cpu.cfs_quota_us': '60000',
      'sys/fs/cgroup/cpu/a/cpu.cfs_period_us': '100000',
    });
    expect(availableCores(root)).toBe(0.6);
  });

  it('counts the processors where there is no quota', () => {
    expect(availableCores(rootWith({ 'sys/fs/cgroup/cpu.max': 'max 100000' }))).toBe(availableParallelism());
    expect(availableCores(rootWith({}))).toBe(availableParallelism());
  });
});

describe('workersFor', () => {
  it('returns the setting, and at least one worker without it', () => {
    expect(workersFor(7)).toBe(7);
    expect(workersFor(0)).toBeGreaterThanOrEqual(1);
  });
});
