import { readFile } from 'node:fs/promises';

import { promote } from '../fixtures/administrator';
import { expectGoodLooks } from '../fixtures/looks';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';

const PAGE = '/admin/audit';
const EXPORT = '/admin/audit/export';

function barLink(portal: Portal) {
  return portal.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Admin' });
}

test('who is made an administrator is one from the next page on', async ({ portal, member, manners }) => {
  manners.expectStatus(404);
  await portal.openAs(member);
  await expect(barLink(portal)).toHaveCount(0);
  expect((await portal.open(PAGE))?.status()).toBe(404);
  await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('Page not found');

  promote(member.username);
  await portal.open('/dashboard');
  await expect(barLink(portal)).toBeVisible();
  expect((await portal.open(PAGE))?.status()).toBe(200);
  await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('Audit log');
});

test('the audit log tells who was made an administrator, and is narrowed down', async ({ portal, member }) => {
  promote(member.username);
  await portal.openAs(member, PAGE);
  const filters = portal.page.getByRole('search');
  await filters.getByLabel('Action', { exact: true }).selectOption('Admin role given');
  await filters.getByRole('button', { name: 'Apply' }).click();
  await portal.isAt(`${PAGE}?action=made_administrator&who=&whom=`);
  const row = portal.page.getByRole('row').filter({ hasText: member.username });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('Admin role given');
  await expect(row).toContainText('CLI');
  await expectGoodLooks(portal);

  await filters.getByLabel('Target (username)').fill('nobody-at-all');
  await filters.getByRole('button', { name: 'Apply' }).click();
  await portal.isAt(`${PAGE}?action=made_administrator&who=&whom=nobody-at-all`);
  await expect(portal.page.getByText('No entries match.')).toBeVisible();
  await expectGoodLooks(portal);
  await filters.getByRole('link', { name: 'Clear filters' }).click();
  await portal.isAt(PAGE);
});

test('the audit log is downloaded as a file, with the filter of the page', async ({ portal, member }) => {
  promote(member.username);
  await portal.openAs(member, `${PAGE}?action=made_administrator`);
  const started = portal.page.waitForEvent('download');
  await portal.button(EXPORT).click();
  const download = await started;
  expect(download.suggestedFilename()).toMatch(/^audit-[0-9TZ-]+\.csv$/);
  const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
  expect(lines[0]).toMatch(/^"Row","When","By",/);
  const own = lines.filter((line) => line.includes(`"${member.username}"`));
  expect(own).toHaveLength(1);
  expect(own[0]).toContain('"Admin role given"');

  await portal.open(PAGE);
  const row = portal.page.getByRole('row').filter({ hasText: 'Audit log exported' });
  await expect(row.filter({ hasText: member.username })).toHaveCount(1);
});
