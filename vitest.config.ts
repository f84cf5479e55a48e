import { defineConfig } from 'vitest/config';
import { reportersFor } from './vitest.reporters.js';

// Unit tests: beside the source, no network, no server.
export default defineConfig({
  test: {
    include: [
      'src/**/*.spec.ts',
      'test/contract/**/*.spec.ts',
      'test/structure/**/*.spec.ts',
      'scripts/**/*.spec.{ts,mjs}',
      'test/deployment/**/*.spec.ts',
      'test/fuzz/**/*.spec.ts',
      'bench/**/*.spec.mjs',
    ],
    environment: 'node',
    // What a test printed is of interest when it fails.
    silent: 'passed-only',
    reporters: reportersFor('unit'),
    // Vitest leaves one processor idle; of two, that is half of the machine.
    maxWorkers: '100%',
    // For a test that hangs. How long the others take depends on the machine: with sixteen processes that want two cores,
    // tests of half a second have taken ten.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    tags: [
      {
        name: 'slow',
        description: 'Starts processes of Node, or takes more than a second: real models, timers.',
      },
      { name: 'once', description: 'Of end-to-end tests alone: see vitest.config.e2e.ts.' },
    ],
  },
});
