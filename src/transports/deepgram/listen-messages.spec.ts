import { describe, expect, it } from 'vitest';
import { readListenMessage } from './listen-messages.js';

const read = (text: string, channels: number) => readListenMessage(Buffer.from(text), channels);

describe('readListenMessage', () => {
  it.each([
    ['{"type":"KeepAlive"}', { type: 'KeepAlive' }],
    ['{"type":"KeepAlive","note":"more than is asked for"}', { type: 'KeepAlive' }],
    ['{"type":"CloseStream"}', { type: 'CloseStream' }],
    ['{"type":"Finalize"}', { type: 'Finalize' }],
    ['{"type":"Finalize","channel":null}', { type: 'Finalize' }],
    ['{"type":"Finalize","channel":1}', { type: 'Finalize', channel: 1 }],
  ])('reads %s', (text, message) => {
    expect(read(text, 2)).toEqual(message);
  });

  it.each([
    '',
    'KeepAlive',
    'null',
    '[]',
    '"CloseStream"',
    '{}',
    '{"type":null}',
    '{"type":["CloseStream"]}',
    '{"type":"closestream"}',
    '{"type":"toString"}',
    '{"type":"CloseStream"',
  ])('refuses %j, and names the accepted types', (text) => {
    expect(() => read(text, 1)).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        message: expect.stringContaining('KeepAlive, Finalize, CloseStream') as string,
      }) as Error,
    );
  });

  it.each([-1, 2, 0.5, '0', [0], {}])('refuses the channel %j of two', (channel) => {
    expect(() => read(JSON.stringify({ type: 'Finalize', channel }), 2)).toThrow(
      expect.objectContaining({ code: 'INVALID_FIELD', param: 'channel' }) as Error,
    );
  });
});
