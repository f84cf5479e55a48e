import { defineConfig } from 'vitest/config';
import { reportersFor } from './vitest.reporters.js';

// End-to-end tests: the real application, the real model, real sockets. One file at a time: they share two cores.
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e-spec.ts'],
    environment: 'node',
    // What a test printed is of interest when it fails.
    silent: 'passed-only',
    reporters: reportersFor('e2e'),
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    tags: [
      {
        name: 'once',
        description:
          'Neither the Node of the tests nor a corpus matters, and it takes long: .ci/run does it once.',
      },
    ],
  },
});
