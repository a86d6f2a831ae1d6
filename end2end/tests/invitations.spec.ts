import type { Locator } from '@playwright/test';

import { promote } from '../fixtures/administrator';
import { expectGoodLooks } from '../fixtures/looks';
import { newPerson, type Person } from '../fixtures/person';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';
import { byInvitation } from '../servers';

const PAGE = '/admin/invitations';
const SEND = '/admin/invitations/send';
const REVOKE = '/admin/invitations/revoke';

/** Signs an administrator in and opens the list. */
async function administrate(portal: Portal, member: Person): Promise<void> {
  promote(member.username);
  await portal.openAs(member, PAGE);
}

async function invite(portal: Portal, email: string): Promise<void> {
  await portal.submit(SEND, { email });
  await portal.isAt(PAGE);
  await expect(portal.notice()).toHaveText(`We've sent an invitation to ${email}.`);
}

function row(portal: Portal, email: string): Locator {
  return portal.page.getByRole('row').filter({ hasText: email });
}

test('an administrator invites somebody, who registers with the address that the mail came to', async ({
  portal,
  member,
  anotherBrowser,
  mailbox,
}) => {
  const guest = newPerson();
  await administrate(portal, member);
  await invite(portal, guest.email);
  await expect(row(portal, guest.email)).toContainText('Pending');
  await expectGoodLooks(portal);

  const browser = await anotherBrowser();
  await browser.open(await mailbox.invitation(guest.email));
  await browser.isAt('/register');
  const email = browser.field('/register', 'email');
  await expect(email).toHaveValue(guest.email);
  await expect(email).not.toBeEditable();
  await expectGoodLooks(browser);

  // A form that is refused keeps the address.
  await browser.submit('/register', { username: 'no', password: guest.password });
  await browser.expectFieldError('/register', 'username', /Use at least 3 characters\./);
  await expect(email).toHaveValue(guest.email);
  await browser.submit('/register', { username: guest.username, password: guest.password });
  await browser.isAt('/verify');
  const [code] = await mailbox.codes(guest.email, 2);
  await browser.enterCode(code ?? '');
  await browser.isAt('/login');

  await portal.open(PAGE);
  await expect(row(portal, guest.email)).toContainText('Used');
});

test('an invitation that is revoked settles nothing any more', async ({ portal, member, anotherBrowser, mailbox }) => {
  const guest = newPerson();
  await administrate(portal, member);
  await invite(portal, guest.email);
  const link = await mailbox.invitation(guest.email);

  await portal.answerTo(REVOKE, () => row(portal, guest.email).getByRole('button', { name: 'Revoke' }).click());
  await portal.isAt(PAGE);
  await expect(row(portal, guest.email)).toContainText('Revoked');

  const browser = await anotherBrowser();
  await browser.open(link);
  await expect(browser.field('/register', 'email')).toHaveValue('');
  await expect(browser.field('/register', 'email')).toBeEditable();
});

test('a guest may use another address where anybody may register', async ({ portal, member, anotherBrowser, mailbox }) => {
  const guest = newPerson();
  await administrate(portal, member);
  await invite(portal, guest.email);

  const browser = await anotherBrowser();
  await browser.open(await mailbox.invitation(guest.email));
  await browser.isAt('/register');
  await browser.page.getByRole('link', { name: 'Use a different email address' }).click();
  await browser.isAt('/register');
  await expect(browser.field('/register', 'email')).toHaveValue('');
});

test.describe('where an invitation is needed', () => {
  test.use({ baseURL: byInvitation.url });

  test('nobody finds a form without one', async ({ portal }) => {
    for (const path of ['/', '/register', '/login', '/register?invitation=nothing']) {
      await portal.open(path);
      await expect(portal.page.locator('main')).toContainText('You need an invitation to create an account.');
      await expect(portal.form('/register')).toHaveCount(0);
      await expectGoodLooks(portal);
    }
  });
});
