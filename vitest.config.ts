import { defineConfig } from 'vitest/config';

// Unit tests: beside the source, no network, no server.
export default defineConfig({
  test: {
    include: ['src/**/*.spec.ts', 'test/accuracy/**/*.spec.ts', 'scripts/**/*.spec.ts'],
    environment: 'node',
  },
});
