import { describe, expect, it } from 'vitest';
import { problemsOf, readEnvironment } from './environment.js';
import { keysOfFile } from './key-file.js';
import { keyRow, parseKeyFile } from './key-rows.js';

const hash = 'a1'.repeat(32);

describe('a row of API_KEYS', () => {
  it('may be a hash alone', () => {
    expect(readEnvironment({ API_KEYS: `search=${hash}` }).API_KEYS.get('search')).toEqual({
      hash,
      scopes: ['transcribe', 'stream'],
    });
  });

  it('has options after its hash', () => {
    const text = `${hash} expires=2027-01-31 scopes=stream+admin requests-per-minute=60 streams=4 audio-seconds-per-hour=3600`;
    expect(keyRow.parse(text)).toEqual({
      hash,
      expiresAtMs: Date.parse('2027-02-01T00:00:00Z'),
      scopes: ['stream', 'admin'],
      requestsPerMinute: 60,
      streams: 4,
      audioSecondsPerHour: 3600,
    });
    expect(keyRow.parse(`${hash} expires=2027-01-31T18:00:00Z`).expiresAtMs).toBe(
      Date.parse('2027-01-31T18:00Z'),
    );
  });

  it.each([
    [`${hash} expires=tomorrow`, /key whose expires must be a day/],
    [`${hash} expires=2027-02-30`, /key whose expires must be a day/],
    [`${hash} expires=2027-01-31T18:00:00`, /key whose expires must be a day/],
    [`${hash} scopes=everything`, /key whose scopes must be some of transcribe\+stream\+admin/],
    [`${hash} scopes=`, /nothing after a sha256 but/],
    [`${hash} streams=0`, /key whose streams must be a whole number from 1/],
    [`${hash} requests-per-minute=many`, /key whose requests-per-minute must be/],
    [`${hash} streams=1 streams=2`, /not have streams twice/],
    [`${hash} hk_secret`, /nothing after a sha256 but/],
    ['hk_secret', /sha256 in hexadecimal/],
  ])('is refused as “%s”, and not quoted', (row, reason) => {
    const [problem, ...others] = problemsOf({ API_KEYS: `search=${row}` });
    expect(problem).toMatch(reason);
    expect(problem).not.toContain('hk_secret');
    expect(others).toEqual([]);
  });
});

describe('a file of keys', () => {
  it('has comments, empty lines and a row on each of the others', () => {
    const content = `# the search team, until their new key\nsearch=${hash}\n\n  # phones\nphone=${hash} streams=2\n`;
    expect([...parseKeyFile(content).keys()]).toEqual(['search', 'phone']);
    expect(parseKeyFile('# nobody\n').size).toBe(0);
  });

  it('is refused where it is empty, wrong, or names a key of API_KEYS', () => {
    const others = parseKeyFile(`search=${hash}`);
    expect(() => keysOfFile('\n', others)).toThrow('API_KEYS_FILE is empty');
    expect(() => keysOfFile('phone=1', others)).toThrow('API_KEYS_FILE must be a sha256');
    expect(() => keysOfFile(`search=${hash}`, others)).toThrow('names search, which API_KEYS has too');
  });
});
