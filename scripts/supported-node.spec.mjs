import { readFileSync } from 'node:fs';
import semver from 'semver';
import { describe, expect, it } from 'vitest';

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

describe('the range of Node versions that package.json names', () => {
  const { engines } = read('package.json');
  // The lowest of each line: 20.19.0, 22.13.0 and so on.
  const lowest = engines.node.split('||').map((range) => semver.minVersion(range).version);

  it.each(lowest)('is one that every package supports, so that npm warns of none: %s', (version) => {
    const unsupporting = Object.entries(read('package-lock.json').packages)
      .filter(
        ([path, { engines }]) => path !== '' && engines?.node && !semver.satisfies(version, engines.node),
      )
      .map(([path, { engines }]) => `${path} wants ${engines.node}`);
    expect(unsupporting).toEqual([]);
  });
});
