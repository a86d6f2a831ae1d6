import type { Locator } from '@playwright/test';

import { expectAccessible } from '../fixtures/accessibility';
import { promote } from '../fixtures/admin-cli';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';
import { randomUser, type User } from '../fixtures/user';
import { inviteOnly } from '../servers';

const PAGE = '/admin/invitations';
const SEND = '/admin/invitations/send';
const REVOKE = '/admin/invitations/revoke';

/** Makes the user an administrator and opens the list of invitations. */
async function openAsAdmin(portal: Portal, user: User): Promise<void> {
  promote(user.username);
  await portal.openAs(user, PAGE);
}

async function invite(portal: Portal, email: string): Promise<void> {
  await portal.submit(SEND, { email });
  await portal.expectPath(PAGE);
  await expect(portal.notice()).toHaveText(`We've sent an invitation to ${email}.`);
}

function row(portal: Portal, email: string): Locator {
  return portal.page.getByRole('row').filter({ hasText: email });
}

test('an administrator invites a user, who registers with the invited email', async ({
  portal,
  user,
  anotherBrowser,
  mailbox,
}) => {
  const invited = randomUser();
  await openAsAdmin(portal, user);
  await invite(portal, invited.email);
  await expect(row(portal, invited.email)).toContainText('Pending');
  await expectAccessible(portal);

  const browser = await anotherBrowser();
  await browser.open(await mailbox.invitation(invited.email));
  await browser.expectPath('/register');
  const email = browser.field('/register', 'email');
  await expect(email).toHaveValue(invited.email);
  await expect(email).not.toBeEditable();
  await expectAccessible(browser);

  // A rejected form keeps the email.
  await browser.submit('/register', { username: 'no', password: invited.password });
  await browser.expectFieldError('/register', 'username', /Use at least 3 characters\./);
  await expect(email).toHaveValue(invited.email);
  await browser.submit('/register', { username: invited.username, password: invited.password });
  await browser.expectPath('/verify');
  const [code] = await mailbox.codes(invited.email, 2);
  await browser.enterCode(code ?? '');
  await browser.expectPath('/login');

  await portal.open(PAGE);
  await expect(row(portal, invited.email)).toContainText('Used');
});

test('a revoked invitation does not fill in the email', async ({ portal, user, anotherBrowser, mailbox }) => {
  const invited = randomUser();
  await openAsAdmin(portal, user);
  await invite(portal, invited.email);
  const link = await mailbox.invitation(invited.email);

  await portal.waitForPost(REVOKE, () => row(portal, invited.email).getByRole('button', { name: 'Revoke' }).click());
  await portal.expectPath(PAGE);
  await expect(row(portal, invited.email)).toContainText('Revoked');

  const browser = await anotherBrowser();
  await browser.open(link);
  await expect(browser.field('/register', 'email')).toHaveValue('');
  await expect(browser.field('/register', 'email')).toBeEditable();
});

test('where registration is open, an invited user can choose another email', async ({
  portal,
  user,
  anotherBrowser,
  mailbox,
}) => {
  const invited = randomUser();
  await openAsAdmin(portal, user);
  await invite(portal, invited.email);

  const browser = await anotherBrowser();
  await browser.open(await mailbox.invitation(invited.email));
  await browser.expectPath('/register');
  await browser.page.getByRole('link', { name: 'Use a different email address' }).click();
  await browser.expectPath('/register');
  await expect(browser.field('/register', 'email')).toHaveValue('');
});

test.describe('where an invitation is required', () => {
  test.use({ baseURL: inviteOnly.url });

  test('no page shows the registration form without one', async ({ portal }) => {
    for (const path of ['/', '/register', '/login', '/register?invitation=nothing']) {
      await portal.open(path);
      await expect(portal.page.locator('main')).toContainText('You need an invitation to create an account.');
      await expect(portal.form('/register')).toHaveCount(0);
      await expectAccessible(portal);
    }
  });
});
