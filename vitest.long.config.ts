import { defineConfig } from 'vitest/config';

/** Suites that take minutes; run by name only: `npm run test:long`. */
export default defineConfig({
  test: {
    include: ['test/long/**/*.long.ts'],
    pool: 'forks',
    isolate: true,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
