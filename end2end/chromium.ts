import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import type { LaunchOptions } from '@playwright/test';

/**
 * The machine's own Chromium: `CHROMIUM`, else the first of the usual names on
 * PATH. None means Playwright's own. The same places as in `.ci/setup`.
 */
function chromium(): string | undefined {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return ['chromium', 'chromium-browser', 'google-chrome']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(runs);
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * What this browser does not do, for one of two reasons. The popups of the address bar are pages of the browser's own,
 * one or two with every window, which nobody sees here: without them a test takes a third of the processor's time. The
 * others are what Playwright turns off by the same argument, of which only the last one counts (1.65: `disabledFeatures`
 * in its `chromiumSwitches`).
 */
const DISABLED_FEATURES = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

/** How the tests start the browser. */
export function launchOptions(): LaunchOptions {
  const isRoot = process.getuid?.() === 0;
  return {
    executablePath: chromium(),
    args: [
      ...(isRoot ? ['--no-sandbox'] : []),
      `--disable-features=${DISABLED_FEATURES.join(',')}`,
      // The browser itself asks nobody for anything either.
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-quic',
      '--disable-sync',
      '--no-first-run',
    ],
  };
}
