import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import type { LaunchOptions } from '@playwright/test';

/**
 * Returns the path of an installed Chromium: `CHROMIUM`, or the first of the usual names on PATH. Without one,
 * Playwright uses its own. `.ci/setup` looks in the same places.
 */
function findChromium(): string | undefined {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return ['chromium', 'chromium-browser', 'google-chrome']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Browser features that the tests disable. With every window, Chromium opens one or two hidden pages for the address
 * bar's popups; without them, a test needs a third of the CPU time. The other features are Playwright's own list
 * (1.65: `disabledFeatures` in its `chromiumSwitches`), repeated here because Chromium uses only the last
 * `--disable-features` argument.
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

/** Returns the options with which the tests start the browser. */
export function launchOptions(): LaunchOptions {
  const isRoot = process.getuid?.() === 0;
  return {
    executablePath: findChromium(),
    args: [
      ...(isRoot ? ['--no-sandbox'] : []),
      `--disable-features=${DISABLED_FEATURES.join(',')}`,
      // Disable background requests by the browser itself.
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-quic',
      '--disable-sync',
      '--no-first-run',
    ],
  };
}
