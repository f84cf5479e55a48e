import { readFileSync } from 'node:fs';

/** The version in package.json, which lies above the sources and above what they are compiled to. */
export function serviceVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
