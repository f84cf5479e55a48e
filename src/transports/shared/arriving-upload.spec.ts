import { describe, expect, it } from 'vitest';
import { isSettled } from '../../../test/support/is-settled.js';
import { SpeechError } from '../../common/errors/speech-error.js';
import { beginningBytes, pieceBytes } from '../../recognition/recordings/recording-bytes.js';
import { ArrivingUpload } from './arriving-upload.js';

const { signal } = new AbortController();
const bytes = (length: number, value = 7): Uint8Array => new Uint8Array(length).fill(value);
const code = (name: string): Error => expect.objectContaining({ code: name }) as Error;

/** An upload, and the bytes that it has reserved. */
function open(
  limitBytes = 1e9,
  leastBytes = 0,
  memory = Infinity,
): { upload: ArrivingUpload; reserved: () => number } {
  let reserved = 0;
  const reserve = (more: number): void => {
    if (more > 0 && reserved + more > memory) throw new SpeechError('MEMORY_FULL', 'Full.');
    reserved += more;
  };
  return { upload: new ArrivingUpload({ reserve }, { limitBytes, leastBytes }), reserved: () => reserved };
}

describe('ArrivingUpload', () => {
  it('gives each part when it is complete and known not to be the last one', async () => {
    const { upload } = open();
    const first = upload.read(0, signal);
    upload.append(bytes(pieceBytes - 1, 1));
    upload.append(bytes(1, 2));
    expect(await isSettled(first)).toBe(false);
    upload.append(bytes(5, 3));
    const part = await first;
    expect([part.last, part.bytes.length, part.bytes[0], part.bytes[pieceBytes - 1]]).toEqual([
      false,
      pieceBytes,
      1,
      2,
    ]);
    const second = upload.read(pieceBytes, signal);
    expect(await isSettled(second)).toBe(false);
    upload.end();
    expect(await second).toEqual({ last: true, bytes: bytes(5, 3) });
    expect(await upload.read(0, signal)).toEqual(part);
  });

  it('gives the rest of a part from any offset, and nothing after the end', async () => {
    const { upload } = open();
    upload.append(bytes(pieceBytes, 1));
    upload.append(bytes(100, 2));
    expect(await upload.read(pieceBytes - 3, signal)).toEqual({ last: false, bytes: bytes(3, 1) });
    upload.end();
    expect(await upload.read(pieceBytes + 90, signal)).toEqual({ last: true, bytes: bytes(10, 2) });
    expect(await upload.read(9 * pieceBytes, signal)).toEqual({ last: true, bytes: bytes(0) });
  });

  it('ends with a whole part, or with none', async () => {
    const { upload } = open();
    upload.append(bytes(pieceBytes));
    upload.end();
    expect(await upload.read(0, signal)).toMatchObject({ last: true });
    const { upload: empty } = open();
    empty.end();
    expect(await empty.read(0, signal)).toEqual({ last: true, bytes: bytes(0) });
  });

  it('gives parts that are not needed back when they arrive, and none that is', async () => {
    const { upload, reserved } = open();
    upload.append(bytes(beginningBytes + 10));
    // As where the samples of a film are far away.
    expect(upload.release(beginningBytes + 5.5 * pieceBytes, 0)).toBe(true);
    for (let part = 0; part < 9; part++) {
      upload.append(bytes(pieceBytes, part));
      expect(reserved()).toBeLessThanOrEqual(beginningBytes + Math.max(1, part - 3) * pieceBytes + 65_536);
    }
    const { bytes: needed } = await upload.read(beginningBytes + 5.5 * pieceBytes, signal);
    expect([needed.length, needed[20]]).toEqual([pieceBytes / 2, 5]);
  });

  it('has room for a megabyte ahead of what is read', async () => {
    const { upload } = open();
    upload.append(bytes(1_048_575));
    await upload.room();
    upload.append(bytes(1));
    const room = upload.room();
    expect(await isSettled(room)).toBe(false);
    await upload.read(0, signal);
    await room;
  });

  it('has room for everything once it is kept, or has to be complete', async () => {
    const { upload } = open();
    upload.append(bytes(3_000_000));
    const room = upload.room();
    const complete = upload.complete(signal);
    await room;
    expect(await isSettled(complete)).toBe(false);
    upload.end();
    await complete;
    expect(upload.isReleasable).toBe(false);
    expect(upload.bytes().length).toBe(3_000_000);
  });

  it('gives back the parts before a checkpoint, but not its beginning, and counts the checkpoint', async () => {
    const { upload, reserved } = open();
    const all = 20 * pieceBytes;
    upload.append(bytes(all));
    expect(reserved()).toBe(all);
    expect(upload.release(10 * pieceBytes, 1_000)).toBe(true);
    expect(reserved()).toBe(all - (10 * pieceBytes - beginningBytes) + 1_000);
    expect(upload.release(15 * pieceBytes, 400)).toBe(true);
    expect(reserved()).toBe(all - (15 * pieceBytes - beginningBytes) + 400);
    expect(upload.beginning().length).toBe(beginningBytes);
    expect((await upload.read(15 * pieceBytes, signal)).bytes.length).toBe(pieceBytes);
    upload.free();
    expect(reserved()).toBe(400);
  });

  it('keeps its parts when there is no memory for a checkpoint', () => {
    const { upload, reserved } = open(1e9, 0, 10 * pieceBytes);
    upload.append(bytes(10 * pieceBytes));
    expect(upload.release(10 * pieceBytes, 1)).toBe(false);
    expect(reserved()).toBe(10 * pieceBytes);
  });

  it('reserves what has come, and not what is announced', () => {
    const { upload, reserved } = open(50_000_000, 50_000_000);
    for (let piece = 0; piece < 50; piece++) upload.append(bytes(20_000));
    expect(reserved()).toBeGreaterThanOrEqual(1_000_000);
    expect(reserved()).toBeLessThan(1_100_000);
  });

  it('accepts the limit and not one byte more', () => {
    const { upload } = open(1_024);
    upload.append(bytes(1_024));
    expect(() => upload.append(bytes(1))).toThrow(code('BODY_TOO_LARGE'));
  });

  it('keeps the bytes that it has when no more may be reserved', () => {
    const { upload } = open(1e9, 0, 200_000);
    upload.append(bytes(150_000));
    expect(() => upload.append(bytes(150_000))).toThrow(code('MEMORY_FULL'));
  });

  it('knows its least length before its end, and the exact one after it', () => {
    const { upload } = open(1e9, 100);
    expect(upload.leastBytes).toBe(100);
    upload.append(bytes(30));
    expect(upload.leastBytes).toBe(100);
    upload.end();
    expect(upload.leastBytes).toBe(30);
  });

  it.each(['fails', 'is freed'])('lets nobody wait once it %s', async (how) => {
    const { upload } = open();
    upload.append(bytes(2_000_000));
    const waiting: Promise<unknown>[] = [upload.room(), upload.read(20 * pieceBytes, signal)];
    waiting.push(upload.moreThan(3_000_000, signal), upload.complete(signal));
    if (how === 'fails') upload.fail(new SpeechError('CANCELLED', 'Gone.'));
    else upload.free();
    for (const each of await Promise.allSettled(waiting)) {
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'CANCELLED' } });
    }
    expect(() => upload.append(bytes(1))).toThrow(code('CANCELLED'));
  });

  it('ends a wait with the reason of the signal', async () => {
    const { upload } = open();
    const ending = new AbortController();
    const read = upload.read(0, ending.signal);
    ending.abort(new SpeechError('DEADLINE_EXCEEDED', 'Too late.'));
    await expect(read).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('gives its memory back while somebody still has its bytes', async () => {
    const before = process.memoryUsage().rss;
    const uploads = Array.from({ length: 10 }, () => open().upload);
    for (const upload of uploads) upload.append(bytes(20_000_000, 3));
    const views = await Promise.all(uploads.map((upload) => upload.read(50 * pieceBytes, signal)));
    expect(process.memoryUsage().rss - before).toBeGreaterThan(150e6);
    for (const upload of uploads) upload.free();
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    expect(views.map((view) => view.bytes.length)).toEqual(Array<number>(10).fill(0));
  });
});
