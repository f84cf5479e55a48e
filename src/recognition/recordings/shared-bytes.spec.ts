import { describe, expect, it } from 'vitest';
import { isSettled } from '../../../test/support/is-settled.js';
import { pieceBytes, wholeRecording } from './recording-bytes.js';
import type { RecordingBytes } from './recording-bytes.js';
import { SharedBytes } from './shared-bytes.js';

const { signal } = new AbortController();

/** A recording of ten parts, and what was released of it. */
function open(): { shared: SharedBytes; releases: [number, number][]; refuse: () => void } {
  const releases: [number, number][] = [];
  let takes = true;
  const bytes: RecordingBytes = {
    ...wholeRecording(new Uint8Array(10 * pieceBytes)),
    isReleasable: true,
    release: (before, kept) => {
      if (takes) releases.push([before / pieceBytes, kept]);
      return takes;
    },
  };
  return { shared: new SharedBytes(bytes), releases, refuse: () => (takes = false) };
}

describe('SharedBytes', () => {
  it('gives all bytes to each reading', async () => {
    const { shared } = open();
    const [one, other] = [shared.open(), shared.open()];
    shared.allOpen();
    for (let at = 0; at < 10; at++) {
      const parts = await Promise.all([one, other].map((bytes) => bytes.read(at * pieceBytes, signal)));
      expect(parts.map(({ bytes, last }) => [bytes.length, last])).toEqual(
        Array(2).fill([pieceBytes, at === 9]),
      );
    }
  });

  it('lets a reading be one part ahead of the slowest, until that one has its last part', async () => {
    const { shared } = open();
    const [one, other] = [shared.open(), shared.open()];
    shared.allOpen();
    await one.read(0, signal);
    await one.read(pieceBytes, signal);
    const third = one.read(2 * pieceBytes, signal);
    expect(await isSettled(third)).toBe(false);
    await other.read(pieceBytes, signal);
    await third;
    const last = one.read(9 * pieceBytes, signal);
    expect(await isSettled(last)).toBe(false);
    await other.read(8 * pieceBytes, signal);
    expect(await last).toMatchObject({ last: true });
    // It needs no more bytes, so nobody waits for it.
    expect(await other.read(9 * pieceBytes, signal)).toMatchObject({ last: true });
  });

  it('lets a reading find its header, however far that is, before the others are open', async () => {
    const { shared, releases } = open();
    const one = shared.open();
    expect(one.isReleasable).toBe(false);
    await one.read(5 * pieceBytes, signal);
    const other = shared.open();
    await other.read(0, signal);
    shared.allOpen();
    expect(one.isReleasable).toBe(true);
    expect(releases).toEqual([]);
  });

  it('gives back what no reading needs, for what all of them keep', () => {
    const { shared, releases, refuse } = open();
    const [one, other] = [shared.open(), shared.open()];
    shared.allOpen();
    expect(one.release(6 * pieceBytes, 30)).toBe(true);
    expect(other.release(7 * pieceBytes, 20)).toBe(true);
    expect(one.release(8 * pieceBytes, 5)).toBe(true);
    expect(releases).toEqual([
      [0, 30],
      [6, 50],
      [7, 25],
    ]);
    refuse();
    expect(other.release(9 * pieceBytes, 1)).toBe(false);
  });

  it('does not wait for the others after the signal', async () => {
    const { shared } = open();
    const [one] = [shared.open(), shared.open()];
    shared.allOpen();
    const ended = new AbortController();
    const ahead = one.read(5 * pieceBytes, ended.signal);
    ended.abort();
    await expect(ahead).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
