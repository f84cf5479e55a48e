import { join } from 'node:path';

type Reporter = 'default' | ['json', { outputFile: string }];

/** What a person reads, and for .ci/run also a file that is counted. */
export function reportersFor(name: string): Reporter[] {
  const folder = process.env['VITEST_JSON_FOLDER'];
  return folder === undefined
    ? ['default']
    : ['default', ['json', { outputFile: join(folder, `${name}.json`) }]];
}
