import { readFile } from 'node:fs/promises';

import type { Person } from '../fixtures/person';
import type { Portal } from '../fixtures/portal';
import { expectGoodLooks } from '../fixtures/looks';
import { expect, test } from '../fixtures/test';

const PASSWORD = 'gravel lantern mosaic';

async function openAccount(portal: Portal, member: Person): Promise<void> {
  await portal.openAs(member, '/account');
}

test('a new username is shown at once', async ({ portal, member }) => {
  await openAccount(portal, member);
  await portal.submit('/account/username', { username: `${member.username.slice(0, 20)}-new` });
  await portal.isAt('/account');
  await expect(portal.notice()).toContainText('Your username is now');
  await portal.submit('/account/username', { username: 'no spaces' });
  await portal.expectFieldError('/account/username', 'username', /Use only the letters/);
});

test('a new address is proven by a code, and the old one brings it back', async ({ portal, member, mailbox, anotherBrowser }) => {
  const email = `${member.username}.new@example.com`;
  await openAccount(portal, member);
  await portal.submit('/account/email', { email });
  await portal.isAt('/account/email/verify');
  await portal.enterCode(await mailbox.code(email), '/account/email/verify');
  await portal.isAt('/account');
  await expect(portal.notice()).toContainText(`Your email address is now ${email}`);

  const owner = await anotherBrowser();
  await owner.open(await mailbox.link(member.email, 2));
  await expectGoodLooks(owner);
  await owner.submit('/from-mail');
  await owner.isAt('/recover');
  await expect(owner.notice()).toContainText('Your email address has been restored');

  await portal.open('/account');
  await portal.isAt('/login?next=/account');
});

test('a change of address can be given up', async ({ portal, member }) => {
  await openAccount(portal, member);
  await portal.submit('/account/email', { email: `${member.username}.new@example.com` });
  await portal.isAt('/account/email/verify');
  await portal.button('/account/email/cancel').click();
  await portal.isAt('/account');
  await expect(portal.notice()).toContainText(member.email);
});

test('a new password keeps this session and signs in from then on', async ({ portal, member }) => {
  await openAccount(portal, member);
  await portal.submit('/account/password', { current_password: 'not the password', password: PASSWORD });
  await portal.expectFieldError('/account/password', 'current_password', /Incorrect password\./);
  await portal.submit('/account/password', { current_password: member.password, password: PASSWORD });
  await portal.isAt('/account');
  await expect(portal.notice()).toContainText('Password changed');
  await portal.signOut();
  await portal.signIn({ ...member, password: PASSWORD });
  await portal.isAt('/dashboard');
});

test('the data comes as a file', async ({ portal, member }) => {
  await openAccount(portal, member);
  const begun = portal.page.waitForEvent('download');
  await portal.button('/account/export').click();
  const download = await begun;
  expect(download.suggestedFilename()).toMatch(/^portal-export-\d{4}-\d\d-\d\d\.json$/);
  const file: unknown = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(file).toMatchObject({ account: { username: member.username, email: member.email } });
});

test('an account is closed, and kept by the mailed link', async ({ portal, member, mailbox }) => {
  await openAccount(portal, member);
  await portal.page.getByRole('link', { name: 'Delete my account' }).click();
  await portal.isAt('/account/delete');
  await expectGoodLooks(portal);
  await portal.submit('/account/delete', { confirmation: member.username, password: member.password });
  await portal.isAt('/login');
  await expect(portal.notice()).toContainText('Your account is closed');
  await portal.signIn(member);
  await expect(portal.form('/login').getByRole('alert')).not.toBeEmpty();

  await portal.open(await mailbox.link(member.email, 2));
  await portal.submit('/from-mail');
  await portal.isAt('/login');
  await expect(portal.notice()).toContainText("Your account won't be deleted");
  await portal.signIn(member);
  await portal.isAt('/dashboard');
});

test.describe('looks good in light and dark, wide and narrow:', () => {
  test('/account', async ({ portal, member }) => {
    await openAccount(portal, member);
    await expectGoodLooks(portal);
  });

  test('/account with messages', async ({ portal, member }) => {
    await openAccount(portal, member);
    await portal.submit('/account/password', { current_password: '', password: 'short' });
    await portal.expectFieldError('/account/password', 'password', /Use at least 8 characters\./);
    await expectGoodLooks(portal);
  });

  test('/account/email/verify', async ({ portal, member }) => {
    await openAccount(portal, member);
    await portal.submit('/account/email', { email: `${member.username}.new@example.com` });
    await portal.isAt('/account/email/verify');
    await expectGoodLooks(portal);
  });
});
