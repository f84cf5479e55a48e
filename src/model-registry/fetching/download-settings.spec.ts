import { expect, it } from 'vitest';
import { downloadSettings } from './download-settings.js';

it('takes proxy, certificates and attempts from the settings of npm, and none of its tokens', () => {
  const settings = downloadSettings({
    httpsProxy: 'http://proxy.example.com:3128/',
    proxy: 'http://other.example.com:3128/',
    noProxy: ['example.org', 'localhost'],
    ca: ['one'],
    retry: { retries: 5, minTimeout: 20 },
    '//registry.example.com/:_authToken': 'secret',
  });
  expect(settings).toEqual({
    stallMs: 30_000,
    proxy: 'http://proxy.example.com:3128/',
    noProxy: ['example.org', 'localhost'],
    ca: ['one'],
    retries: 5,
    retryMs: { first: 20, factor: 10, longest: 60_000 },
  });
});

it('trusts what Node trusts, and asks directly, where npm is set to nothing', () => {
  expect(downloadSettings({ proxy: null, ca: null, noProxy: [''] })).toEqual({
    stallMs: 30_000,
    retries: 2,
    retryMs: { first: 10_000, factor: 10, longest: 60_000 },
  });
});
