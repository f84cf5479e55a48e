import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { SpeechError } from '../../common/errors/speech-error.js';
import { ArrivingUpload } from './arriving-upload.js';
import { announcedBytes, receiveUpload } from './upload.js';

const held = { reserve: () => undefined };
const { signal } = new AbortController();
const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);

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

describe('receiveUpload', () => {
  const source = (): Readable =>
    Readable.from([bytes(10), bytes(10), bytes(10)], { objectMode: false, highWaterMark: 1 });
  const unexpected = (): SpeechError => new SpeechError('CANCELLED', 'Gone.');
  const options = { limitBytes: 100, leastBytes: 0 };

  it('takes all bytes, and reports them', async () => {
    const upload = new ArrivingUpload(held, options);
    let reported = 0;
    await receiveUpload(source(), upload, unexpected, (chunk) => (reported += chunk.length));
    expect([upload.bytes().length, reported, upload.hasEnded]).toEqual([30, 30, true]);
  });

  it('leaves the stream alone when the limit is passed, so that an answer can still be sent', async () => {
    const stream = source();
    const upload = new ArrivingUpload(held, { ...options, limitBytes: 15 });
    await expect(receiveUpload(stream, upload, unexpected)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(stream.destroyed).toBe(false);
    await expect(upload.read(0, signal)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  it('fails the upload when the stream breaks off', async () => {
    const stream = new Readable({ read: () => undefined });
    const upload = new ArrivingUpload(held, options);
    const received = receiveUpload(stream, upload, unexpected);
    const read = upload.read(0, signal);
    stream.destroy(new Error('reset'));
    await expect(received).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(read).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('takes no more from the stream once the upload has failed', async () => {
    const stream = source();
    const upload = new ArrivingUpload(held, options);
    upload.fail(new SpeechError('AUDIO_CORRUPT', 'Not audio.'));
    await expect(receiveUpload(stream, upload, unexpected)).rejects.toMatchObject({ code: 'AUDIO_CORRUPT' });
    expect(stream.readableEnded).toBe(false);
  });
});
