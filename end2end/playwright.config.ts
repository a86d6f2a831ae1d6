import { defineConfig, devices } from '@playwright/test';

import { launchOptions } from './chromium';
import type { Mode } from './fixtures/test';
import { fastResend, inviteOnly, main, minFillTime, realProofOfWork, shortCodeLifetime } from './servers';

export default defineConfig<Mode>({
  testDir: 'tests',
  globalSetup: './global-setup',
  webServer: [shortCodeLifetime, fastResend, minFillTime, inviteOnly, realProofOfWork].map(({ start }) => start),
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // The longest test takes ten seconds; on a busy machine it may take many times as long.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/report.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: main.url,
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    contextOptions: { reducedMotion: 'reduce' },
    // Tracing takes a sixth of the CPU time. To trace a failing test, run `npx playwright test --trace on`.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: launchOptions(),
  },
  // Every test runs in both projects, unless its title contains @hydrated or @no-js.
  projects: [
    { name: 'hydrated', grepInvert: /@no-js/, use: { hydrated: true } },
    { name: 'no-js', grepInvert: /@hydrated/, use: { hydrated: false, javaScriptEnabled: false } },
  ],
});
