import { describe, expect, it } from 'vitest';
import { HeldBytes } from './held-bytes.js';

const megabyte = 1_048_576;
const heldBytes = () => new HeldBytes({ get: () => 8 * megabyte } as never);
const full = expect.objectContaining({
  code: 'MEMORY_FULL',
  retryAfterMs: expect.any(Number) as number,
}) as Error;

describe('HeldBytes', () => {
  it('refuses an upload that announces more than is free, and reserves no announcement', () => {
    const bytes = heldBytes();
    bytes.openUpload(8 * megabyte);
    bytes.openUpload(8 * megabyte);
    expect(() => bytes.openUpload(8 * megabyte + 1)).toThrow(full);
    expect(bytes.used).toEqual({ uploads: 0, sockets: 0 });
  });

  it('refuses the bytes that are too many, and takes them when others are released', () => {
    const bytes = heldBytes();
    const [first, second] = [bytes.openUpload(), bytes.openUpload()];
    first.reserve(5 * megabyte);
    second.reserve(3 * megabyte);
    expect(() => second.reserve(1)).toThrow(full);
    first.release();
    first.release();
    second.reserve(5 * megabyte);
    expect(bytes.used.uploads).toBe(8 * megabyte);
    second.release();
    expect(bytes.used.uploads).toBe(0);
  });

  it('takes no bytes of an upload that was released', () => {
    const upload = heldBytes().openUpload();
    upload.release();
    expect(() => upload.reserve(1)).toThrow(expect.objectContaining({ code: 'CANCELLED' }) as Error);
  });

  it('sends clients back at different times', () => {
    const bytes = heldBytes();
    bytes.openUpload().reserve(8 * megabyte);
    const times = [1, 2, 3].map(() => {
      try {
        bytes.openUpload(1);
        return 0;
      } catch (error) {
        return (error as { retryAfterMs: number }).retryAfterMs;
      }
    });
    expect(times[0]).toBeGreaterThan(0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(3);
  });

  it('lets sockets hold half of it at most, and always a little', () => {
    const bytes = heldBytes();
    expect(bytes.allowsSocket(4 * megabyte)).toBe(true);
    bytes.addForSocket(3 * megabyte);
    expect(bytes.allowsSocket(3 * megabyte)).toBe(false);
    expect(bytes.allowsSocket(megabyte)).toBe(true);
    bytes.openUpload().reserve(5 * megabyte);
    expect(bytes.allowsSocket(megabyte)).toBe(false);
    expect(bytes.allowsSocket(262_144)).toBe(true);
  });
});
