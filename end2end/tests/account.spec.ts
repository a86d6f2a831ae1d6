import { readFile } from 'node:fs/promises';

import { expectAccessible } from '../fixtures/accessibility';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';
import type { User } from '../fixtures/user';

const PASSWORD = 'gravel lantern mosaic';

async function openAccount(portal: Portal, user: User): Promise<void> {
  await portal.openAs(user, '/account');
}

test('a changed username is shown immediately', async ({ portal, user }) => {
  await openAccount(portal, user);
  await portal.submit('/account/username', { username: `${user.username.slice(0, 20)}-new` });
  await portal.expectPath('/account');
  await expect(portal.notice()).toContainText('Your username is now');
  await portal.submit('/account/username', { username: 'no spaces' });
  await portal.expectFieldError('/account/username', 'username', /Use only the letters/);
});

test('a new email is verified with a code, and the old email can undo the change', async ({
  portal,
  user,
  mailbox,
  anotherBrowser,
}) => {
  const email = `${user.username}.new@example.com`;
  await openAccount(portal, user);
  await portal.submit('/account/email', { email });
  await portal.expectPath('/account/email/verify');
  await portal.enterCode(await mailbox.code(email), '/account/email/verify');
  await portal.expectPath('/account');
  await expect(portal.notice()).toContainText(`Your email address is now ${email}`);

  const owner = await anotherBrowser();
  await owner.open(await mailbox.link(user.email, 2));
  await expectAccessible(owner);
  await owner.submit('/from-mail');
  await owner.expectPath('/recover');
  await expect(owner.notice()).toContainText('Your email address has been restored');

  await portal.open('/account');
  await portal.expectPath('/login?next=/account');
});

test('an email change can be canceled', async ({ portal, user }) => {
  await openAccount(portal, user);
  await portal.submit('/account/email', { email: `${user.username}.new@example.com` });
  await portal.expectPath('/account/email/verify');
  await portal.button('/account/email/cancel').click();
  await portal.expectPath('/account');
  await expect(portal.notice()).toContainText(user.email);
});

test('a password change keeps this session, and the new password signs in', async ({ portal, user }) => {
  await openAccount(portal, user);
  await portal.submit('/account/password', { current_password: 'not the password', password: PASSWORD });
  await portal.expectFieldError('/account/password', 'current_password', /Incorrect password\./);
  await portal.submit('/account/password', { current_password: user.password, password: PASSWORD });
  await portal.expectPath('/account');
  await expect(portal.notice()).toContainText('Password changed');
  await portal.signOut();
  await portal.signIn({ ...user, password: PASSWORD });
  await portal.expectPath('/dashboard');
});

test('account data is exported as a file', async ({ portal, user }) => {
  await openAccount(portal, user);
  const downloadStarted = portal.page.waitForEvent('download');
  await portal.button('/account/export').click();
  const download = await downloadStarted;
  expect(download.suggestedFilename()).toMatch(/^portal-export-\d{4}-\d\d-\d\d\.json$/);
  const file: unknown = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(file).toMatchObject({ account: { username: user.username, email: user.email } });
});

test('a closed account is restored with the link in the email', async ({ portal, user, mailbox }) => {
  await openAccount(portal, user);
  await portal.page.getByRole('link', { name: 'Delete my account' }).click();
  await portal.expectPath('/account/delete');
  await expectAccessible(portal);
  await portal.submit('/account/delete', { confirmation: user.username, password: user.password });
  await portal.expectPath('/login');
  await expect(portal.notice()).toContainText('Your account is closed');
  await portal.signIn(user);
  await expect(portal.form('/login').getByRole('alert')).not.toBeEmpty();

  await portal.open(await mailbox.link(user.email, 2));
  await portal.submit('/from-mail');
  await portal.expectPath('/login');
  await expect(portal.notice()).toContainText("Your account won't be deleted");
  await portal.signIn(user);
  await portal.expectPath('/dashboard');
});

test.describe('is accessible in light and dark mode, on wide and narrow screens:', () => {
  test('/account', async ({ portal, user }) => {
    await openAccount(portal, user);
    await expectAccessible(portal);
  });

  test('/account with error messages', async ({ portal, user }) => {
    await openAccount(portal, user);
    await portal.submit('/account/password', { current_password: '', password: 'short' });
    await portal.expectFieldError('/account/password', 'password', /Use at least 8 characters\./);
    await expectAccessible(portal);
  });

  test('/account/email/verify', async ({ portal, user }) => {
    await openAccount(portal, user);
    await portal.submit('/account/email', { email: `${user.username}.new@example.com` });
    await portal.expectPath('/account/email/verify');
    await expectAccessible(portal);
  });
});
