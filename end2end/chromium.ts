import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The machine's own Chromium: `CHROMIUM`, else the first of the usual names on
 * PATH. None means Playwright's own. The same places as in `.ci/setup`.
 */
export function chromium(): string | undefined {
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
