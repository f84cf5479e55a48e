import { describe, expect, it } from 'vitest';
import { refuseEncodedBody } from './content-encoding.js';

describe('a body', () => {
  it.each([undefined, '', 'identity', 'Identity, identity'])(
    'that is sent as it is (%j) is accepted',
    (encoding) => {
      expect(() => refuseEncodedBody({ 'content-encoding': encoding })).not.toThrow();
    },
  );

  it.each([
    ['gzip', 'gzip'],
    ['BR', 'br'],
    ['identity, deflate', 'deflate'],
    ['zstd, gzip', 'zstd, gzip'],
    ['<script>', 'unknown'],
  ])('that is compressed (%s) is refused as %s', (encoding, named) => {
    expect(() => refuseEncodedBody({ 'content-encoding': encoding })).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_MEDIA_TYPE',
        message: `Content-Encoding ${named} is not supported. Send the recording as it is.`,
      }) as Error,
    );
  });
});
