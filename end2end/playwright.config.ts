import { defineConfig, devices } from '@playwright/test';

import { launchOptions } from './chromium';
import type { Mode } from './fixtures/test';
import { byInvitation, fullProof, main, quickResend, shortLived, strict } from './servers';

export default defineConfig<Mode>({
  testDir: 'tests',
  globalSetup: './ready',
  webServer: [shortLived.start, quickResend.start, strict.start, byInvitation.start, fullProof.start],
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // The longest journey takes ten seconds; a busy machine may need many times as long.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/report.json' }]],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: main.url,
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    contextOptions: { reducedMotion: 'reduce' },
    // A trace takes a sixth of the processor's time. For one of a failure: `npx playwright test --trace on`.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: launchOptions(),
  },
  // A journey is tested in both modes, unless its title says which one it is about.
  projects: [
    { name: 'hydrated', grepInvert: /@no-js/, use: { hydrated: true } },
    { name: 'no-js', grepInvert: /@hydrated/, use: { hydrated: false, javaScriptEnabled: false } },
  ],
});
