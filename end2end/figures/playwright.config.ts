import { defineConfig } from '@playwright/test';

import { launchOptions } from '../chromium';

/**
 * Benchmarks that need a browser, against the portal at PORTAL_URL. They use the test runner only to run TypeScript;
 * its output contains nothing but the results.
 */
export default defineConfig({
  testDir: '.',
  testMatch: 'proof.ts',
  outputDir: '../test-results/figures',
  workers: 1,
  timeout: 300_000,
  reporter: './reporter.ts',
  use: {
    baseURL: process.env.PORTAL_URL ?? 'http://127.0.0.1:3000',
    launchOptions: launchOptions(),
  },
});
