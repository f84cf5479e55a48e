import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../src/common/errors/error-codes.js';
import { settings } from '../src/config/settings.js';
import { generatedParts, regenerated } from './generated-docs.js';

describe('the documentation', () => {
  it.each(generatedParts)('$path says what the code says (else: npm run docs)', async ({ path, content }) => {
    const document = await readFile(path, 'utf8');
    const expected = await format(regenerated(document, content()), {
      ...(await resolveConfig(path)),
      parser: 'markdown',
    });
    expect(document).toBe(expected);
  });

  it('names every code and every setting', async () => {
    const errors = await readFile('docs/api/errors.md', 'utf8');
    for (const code of Object.keys(errorCodes)) expect(errors).toContain(`\`${code}\``);
    const configuration = await readFile('docs/operations/configuration.md', 'utf8');
    for (const name of Object.keys(settings)) expect(configuration).toContain(`\`${name}\``);
  });
});
