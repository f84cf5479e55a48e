import type { DownloadSettings } from './address-source.js';

const stallMs = 30_000;

/** npm's defaults. */
const npmRetry = { retries: 2, factor: 10, minTimeout: 10_000, maxTimeout: 60_000 };

/** The proxy, the certificates and the number of attempts that npm uses; none of its tokens. */
export function downloadSettings(npm: Readonly<Record<string, unknown>>): DownloadSettings {
  const { retries, factor, minTimeout, maxTimeout } = { ...npmRetry, ...(npm.retry as typeof npmRetry) };
  const proxy = textOf(npm.httpsProxy) ?? textOf(npm.proxy);
  const noProxy = listOf(npm.noProxy);
  const ca = listOf(npm.ca);
  return {
    stallMs,
    retries,
    retryMs: { first: minTimeout, factor, longest: maxTimeout },
    ...(proxy === undefined ? {} : { proxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
    ...(ca === undefined ? {} : { ca }),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function listOf(value: unknown): readonly string[] | undefined {
  const texts = (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string');
  return texts.length === 0 || texts.join('') === '' ? undefined : texts;
}
