import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { announcedBytes, readUpload, UploadBuffer } from './upload.js';

const bytes = (length: number, value = 7): Uint8Array => new Uint8Array(length).fill(value);

describe('UploadBuffer', () => {
  it.each([undefined, 0, 5, 200_000])('holds the bytes in order when %s are announced', (announced) => {
    const buffer = new UploadBuffer(300_000, announced);
    buffer.append(bytes(100_000, 1));
    buffer.append(bytes(100_000, 2));
    const whole = buffer.bytes();
    expect(whole.length).toBe(200_000);
    expect([whole[0], whole[99_999], whole[100_000], whole[199_999]]).toEqual([1, 1, 2, 2]);
  });

  it('accepts the limit and not one byte more', () => {
    const buffer = new UploadBuffer(1_024, undefined);
    buffer.append(bytes(1_024));
    expect(() => buffer.append(bytes(1))).toThrow(
      expect.objectContaining({ code: 'BODY_TOO_LARGE' }) as Error,
    );
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
    await expect(readUpload(source, new UploadBuffer(15, undefined))).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    });
    expect(source.destroyed).toBe(false);
  });
});
