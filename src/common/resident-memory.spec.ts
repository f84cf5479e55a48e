import { describe, expect, it } from 'vitest';
import { residentBytes } from './resident-memory.js';

describe.skipIf(process.platform !== 'linux')('residentBytes', () => {
  it('adds the memory of processes and counts a process that has ended as 0', async () => {
    const alone = (await residentBytes([process.pid]))!;
    expect(alone).toBeGreaterThan(20_000_000);
    expect(Math.abs(alone - process.memoryUsage.rss())).toBeLessThan(50_000_000);
    // Larger than any process id of Linux.
    const withEnded = (await residentBytes([process.pid, 4_194_305]))!;
    expect(Math.abs(withEnded - alone)).toBeLessThan(20_000_000);
    const twice = (await residentBytes([process.pid, process.pid]))!;
    expect(Math.abs(twice - 2 * alone)).toBeLessThan(40_000_000);
    expect(await residentBytes([])).toBe(0);
  });
});
