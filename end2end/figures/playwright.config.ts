import { defineConfig } from '@playwright/test';

import { launchOptions } from '../chromium';

/**
 * Figures that only a browser can take, of the portal at PORTAL_URL. The test
 * runner is only the way to run TypeScript: what it prints is the figures.
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
