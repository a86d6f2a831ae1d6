import { promote } from '../fixtures/administrator';
import { expectGoodLooks } from '../fixtures/looks';
import { newPerson } from '../fixtures/person';
import { expect, test } from '../fixtures/test';

const LIST = '/admin/users';
const CHANGE = '/admin/users/change';

test('an administrator finds somebody, disables them for a reason and enables them again', async ({
  portal,
  member,
  createAccount,
  anotherBrowser,
  mailbox,
}) => {
  const theirs = await anotherBrowser();
  await theirs.openAs(member);

  const administrator = newPerson();
  await createAccount(administrator);
  promote(administrator.username);
  await portal.openAs(administrator, LIST);
  await expectGoodLooks(portal);
  // What is looked for stands in the address, as in every list.
  const { page } = portal;
  await page.getByRole('searchbox').fill(member.username.slice(0, -1).toUpperCase());
  await page.getByRole('button', { name: 'Apply' }).click();
  await portal.settled();
  const row = page.getByRole('row').filter({ hasText: member.email });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('Active');
  await expectGoodLooks(portal);

  await row.getByRole('link', { name: member.username }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(member.username);
  await portal.settled();
  await expect(page.locator('.rows > li').filter({ hasText: /Chrome on \w+/ }).first()).toBeVisible();
  await expectGoodLooks(portal);
  const detail = new URL(page.url()).pathname;

  await page.getByRole('link', { name: 'Disable account' }).click();
  await portal.isAt(`${detail}/disable`);
  await expectGoodLooks(portal);
  await portal.submit(CHANGE);
  await portal.isAt(`${detail}/disable`);
  await portal.expectFieldError(CHANGE, 'reason', /Enter a reason/);
  await portal.submit(CHANGE, { reason: 'Sends unwanted mail' });
  await portal.isAt(detail);
  await expect(portal.notice()).toHaveText(`${member.username} has been disabled and signed out everywhere.`);
  await expect(page.getByRole('table', { name: 'Entries' })).toContainText('Sends unwanted mail');

  await theirs.open('/dashboard');
  await theirs.isAt('/login?next=/dashboard');
  const [newest] = await mailbox.subjects(member.email, 2);
  expect(newest).toMatch(/account was disabled$/);

  await page.getByRole('link', { name: 'Enable account' }).click();
  await portal.isAt(`${detail}/enable`);
  await portal.submit(CHANGE, { reason: 'It was a mistake' });
  await portal.isAt(detail);
  await expect(portal.notice()).toHaveText(`${member.username} can sign in again.`);
  await theirs.signIn(member);
  await theirs.isAt('/dashboard');
});
