import { expectAccessible } from '../fixtures/accessibility';
import { promote } from '../fixtures/admin-cli';
import { expect, test } from '../fixtures/test';
import { randomUser } from '../fixtures/user';

const LIST = '/admin/users';
const CHANGE = '/admin/users/change';

test('an administrator searches for a user, disables the account with a reason and enables it again', async ({
  portal,
  user,
  createAccount,
  anotherBrowser,
  mailbox,
}) => {
  const userBrowser = await anotherBrowser();
  await userBrowser.openAs(user);

  const admin = randomUser();
  await createAccount(admin);
  promote(admin.username);
  await portal.openAs(admin, LIST);
  await expectAccessible(portal);
  // The search is part of the URL, as in every list.
  const { page } = portal;
  await page.getByRole('searchbox').fill(user.username.slice(0, -1).toUpperCase());
  await page.getByRole('button', { name: 'Apply' }).click();
  await portal.waitForHydration();
  const row = page.getByRole('row').filter({ hasText: user.email });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('Active');
  await expectAccessible(portal);

  await row.getByRole('link', { name: user.username }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(user.username);
  await portal.waitForHydration();
  await expect(page.locator('.rows > li').filter({ hasText: /Chrome on \w+/ }).first()).toBeVisible();
  await expectAccessible(portal);
  const detail = new URL(page.url()).pathname;

  await page.getByRole('link', { name: 'Disable account' }).click();
  await portal.expectPath(`${detail}/disable`);
  await expectAccessible(portal);
  await portal.submit(CHANGE);
  await portal.expectPath(`${detail}/disable`);
  await portal.expectFieldError(CHANGE, 'reason', /Enter a reason/);
  await portal.submit(CHANGE, { reason: 'Sends unwanted mail' });
  await portal.expectPath(detail);
  await expect(portal.notice()).toHaveText(`${user.username} has been disabled and signed out everywhere.`);
  await expect(page.getByRole('table', { name: 'Entries' })).toContainText('Sends unwanted mail');

  await userBrowser.open('/dashboard');
  await userBrowser.expectPath('/login?next=/dashboard');
  const [newest] = await mailbox.subjects(user.email, 2);
  expect(newest).toMatch(/account was disabled$/);

  await page.getByRole('link', { name: 'Enable account' }).click();
  await portal.expectPath(`${detail}/enable`);
  await portal.submit(CHANGE, { reason: 'It was a mistake' });
  await portal.expectPath(detail);
  await expect(portal.notice()).toHaveText(`${user.username} can sign in again.`);
  await userBrowser.signIn(user);
  await userBrowser.expectPath('/dashboard');
});
