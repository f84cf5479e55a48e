import { describe, expect, it } from 'vitest';
import { tidyUrl } from './tidy-url.js';

describe('the path of a request', () => {
  it.each([
    ['/v1//audio/transcriptions', '/v1/audio/transcriptions'],
    ['//v1/listen', '/v1/listen'],
    ['/v1/listen/', '/v1/listen'],
    ['/v1/models//', '/v1/models'],
    ['/v1///listen//?model=a//b/', '/v1/listen?model=a//b/'],
    ['/v1/realtime/?intent=transcription', '/v1/realtime?intent=transcription'],
  ])('%s is meant as %s', (given, meant) => {
    expect(tidyUrl(given)).toBe(meant);
  });

  it.each([
    '/',
    '/v1/listen',
    '/v1/listen?a=//',
    '/docs/',
    '//docs',
    '/v10//x',
    '*',
    '',
    '/v1/models/a%2F%2Fb',
  ])('is left as it is: %s', (url) => {
    expect(tidyUrl(url)).toBe(url);
  });
});
