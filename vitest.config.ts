import { defineConfig } from 'vitest/config';
import { reportersFor } from './vitest.reporters.js';

// Unit tests: beside the source, no network, no server.
export default defineConfig({
  test: {
    include: [
      'src/**/*.spec.ts',
      'test/accuracy/**/*.spec.ts',
      'test/contract/**/*.spec.ts',
      'scripts/**/*.spec.{ts,mjs}',
      'test/deployment/**/*.spec.ts',
      'bench/**/*.spec.mjs',
    ],
    environment: 'node',
    // What a test printed is of interest when it fails.
    silent: 'passed-only',
    reporters: reportersFor('unit'),
  },
});
