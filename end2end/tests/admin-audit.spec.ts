import { readFile } from 'node:fs/promises';

import { expectAccessible } from '../fixtures/accessibility';
import { promote } from '../fixtures/admin-cli';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';

const PAGE = '/admin/audit';
const EXPORT = '/admin/audit/export';

function adminLink(portal: Portal) {
  return portal.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Admin' });
}

test('a promoted user has admin access from the next request on', async ({ portal, user, monitor }) => {
  monitor.allowStatus(404);
  await portal.openAs(user);
  await expect(adminLink(portal)).toHaveCount(0);
  expect((await portal.open(PAGE))?.status()).toBe(404);
  await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('Page not found');

  promote(user.username);
  await portal.open('/dashboard');
  await expect(adminLink(portal)).toBeVisible();
  expect((await portal.open(PAGE))?.status()).toBe(200);
  await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('Audit log');
});

test('the audit log shows who was promoted, and can be filtered', async ({ portal, user }) => {
  promote(user.username);
  await portal.openAs(user, PAGE);
  const filters = portal.page.getByRole('search');
  await filters.getByLabel('Action', { exact: true }).selectOption('Admin role given');
  await filters.getByRole('button', { name: 'Apply' }).click();
  await portal.expectPath(`${PAGE}?action=made_administrator&who=&whom=`);
  const row = portal.page.getByRole('row').filter({ hasText: user.username });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('Admin role given');
  await expect(row).toContainText('CLI');
  await expectAccessible(portal);

  await filters.getByLabel('Target (username)').fill('nobody-at-all');
  await filters.getByRole('button', { name: 'Apply' }).click();
  await portal.expectPath(`${PAGE}?action=made_administrator&who=&whom=nobody-at-all`);
  await expect(portal.page.getByText('No entries match.')).toBeVisible();
  await expectAccessible(portal);
  await filters.getByRole('link', { name: 'Clear filters' }).click();
  await portal.expectPath(PAGE);
});

test('the audit log is exported as a file, with the filters of the page', async ({ portal, user }) => {
  promote(user.username);
  await portal.openAs(user, `${PAGE}?action=made_administrator`);
  const downloadStarted = portal.page.waitForEvent('download');
  await portal.button(EXPORT).click();
  const download = await downloadStarted;
  expect(download.suggestedFilename()).toMatch(/^audit-[0-9TZ-]+\.csv$/);
  const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
  expect(lines[0]).toMatch(/^"Row","When","By",/);
  const userLines = lines.filter((line) => line.includes(`"${user.username}"`));
  expect(userLines).toHaveLength(1);
  expect(userLines[0]).toContain('"Admin role given"');

  await portal.open(PAGE);
  const row = portal.page.getByRole('row').filter({ hasText: 'Audit log exported' });
  await expect(row.filter({ hasText: user.username })).toHaveCount(1);
});
