import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { serviceEnvironment, withServiceEnvironment } from './service-environment.mjs';

describe('the environment of the service', () => {
  it('is that of the image', () => {
    const dockerfile = readFileSync('Dockerfile', 'utf8');
    for (const [name, value] of Object.entries(serviceEnvironment)) {
      expect(dockerfile).toContain(`    ${name}=${value} `);
    }
  });

  it('gives way to what is set already, and puts the options of node before those that are', () => {
    const variables = { MALLOC_ARENA_MAX: '8', NODE_OPTIONS: '--max-semi-space-size=32', PORT: '1' };
    expect(withServiceEnvironment(variables)).toMatchObject({
      PORT: '1',
      MALLOC_ARENA_MAX: '8',
      NODE_OPTIONS: '--max-semi-space-size=2 --max-semi-space-size=32',
    });
  });
});
