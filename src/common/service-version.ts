import { readFileSync } from 'node:fs';

/** The version in package.json, which has the same relative path from src and from dist. */
export function serviceVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
