import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { announcedBytes, readUpload, UploadBuffer } from './upload.js';

const held = { reserve: () => undefined };
const bytes = (length: number, value = 7): Uint8Array => new Uint8Array(length).fill(value);

describe('UploadBuffer', () => {
  it.each([undefined, 200_000, 250_000])('holds the bytes in order when %s are announced', (announced) => {
    const buffer = new UploadBuffer(300_000, announced, held);
    buffer.append(bytes(100_000, 1));
    buffer.append(bytes(100_000, 2));
    const whole = buffer.bytes();
    expect(whole.length).toBe(200_000);
    expect([whole[0], whole[99_999], whole[100_000], whole[199_999]]).toEqual([1, 1, 2, 2]);
  });

  it('accepts the limit and not one byte more', () => {
    const buffer = new UploadBuffer(1_024, undefined, held);
    buffer.append(bytes(1_024));
    expect(() => buffer.append(bytes(1))).toThrow(
      expect.objectContaining({ code: 'BODY_TOO_LARGE' }) as Error,
    );
  });
});

describe('UploadBuffer and the bytes of all uploads', () => {
  it('reserves what has come, and not what is announced', () => {
    let reserved = 0;
    const buffer = new UploadBuffer(50_000_000, 50_000_000, { reserve: (more) => (reserved += more) });
    for (let piece = 0; piece < 50; piece++) buffer.append(bytes(20_000));
    expect(reserved).toBeGreaterThanOrEqual(1_000_000);
    expect(reserved).toBeLessThan(1_100_000);
  });

  it('keeps what it has when no more may be reserved', () => {
    let free = 200_000;
    const buffer = new UploadBuffer(1_000_000, undefined, {
      reserve: (more) => {
        free -= more;
        if (free < 0) throw new Error('full');
      },
    });
    buffer.append(bytes(150_000));
    expect(() => buffer.append(bytes(150_000))).toThrow('full');
    expect(buffer.bytes().length).toBe(150_000);
  });

  it('says so when the system has no memory for it', () => {
    expect(() => new UploadBuffer(2 ** 53 - 1, undefined, held)).toThrow(
      expect.objectContaining({ code: 'MEMORY_FULL' }) as Error,
    );
  });

  it('gives its memory back while somebody still has its bytes', () => {
    const before = process.memoryUsage().rss;
    const buffers = Array.from({ length: 10 }, () => new UploadBuffer(20_000_000, undefined, held));
    for (const buffer of buffers) buffer.append(bytes(20_000_000, 3));
    const views = buffers.map((buffer) => buffer.bytes());
    expect(process.memoryUsage().rss - before).toBeGreaterThan(150e6);
    for (const buffer of buffers) buffer.free();
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    expect(views.map(({ length }) => length)).toEqual(Array<number>(10).fill(0));
    expect(buffers[0]!.bytes().length).toBe(0);
  });
});

describe('announcedBytes', () => {
  const announcing = (length: string | undefined): IncomingMessage => {
    const request = new IncomingMessage(new Socket());
    if (length !== undefined) request.headers['content-length'] = length;
    return request;
  };

  it('is that of Content-Length, and unknown for a chunked body', () => {
    expect(announcedBytes(announcing('10'), 10)).toBe(10);
    expect(announcedBytes(announcing(undefined), 10)).toBeUndefined();
  });

  it('refuses an announcement past the limit before a byte is read', () => {
    expect(() => announcedBytes(announcing('11'), 10)).toThrow(
      expect.objectContaining({ code: 'BODY_TOO_LARGE' }) as Error,
    );
  });
});

describe('readUpload', () => {
  it('leaves the stream alone when the limit is passed, so that an answer can still be sent', async () => {
    const source = Readable.from([bytes(10), bytes(10), bytes(10)], { objectMode: false });
    await expect(readUpload(source, new UploadBuffer(15, undefined, held))).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    });
    expect(source.destroyed).toBe(false);
  });
});
