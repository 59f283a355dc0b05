// Vitest: every test under test/, each file in its own process.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    // Many tests start processes; on a busy machine that takes its time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two at a time: tests mostly wait for processes of their own.
    maxWorkers: 2,
  },
});
