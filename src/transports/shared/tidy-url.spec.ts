import { describe, expect, it } from 'vitest';
import { tidyUrl } from './tidy-url.js';
import { WireProtocols } from './wire-protocol.js';

const protocols = new WireProtocols([
  { name: 'spoken', errors: { body: () => ({}) }, httpPaths: ['/v1/listen'] },
]);

describe('the path of a request', () => {
  it.each([
    ['/v1//audio/transcriptions', '/v1/audio/transcriptions'],
    ['//v1/listen', '/v1/listen'],
    ['/v1/listen/', '/v1/listen'],
    ['/v1/models//', '/v1/models'],
    ['/v1///listen//?model=a//b/', '/v1/listen?model=a//b/'],
    ['*', '/*'],
    ['*v1/listen', '/*v1/listen'],
    ['/v1/realtime/?intent=transcription', '/v1/realtime?intent=transcription'],
  ])('%s is meant as %s', (given, meant) => {
    expect(tidyUrl(given, protocols)).toBe(meant);
  });

  it.each(['/', '/v1/listen', '/v1/listen?a=//', '/docs/', '//docs', '/v10//x', '', '/v1/models/a%2F%2Fb'])(
    'is left as it is: %s',
    (url) => {
      expect(tidyUrl(url, protocols)).toBe(url);
    },
  );
});
