import type { Locator } from '@playwright/test';

import { expectAccessible } from '../fixtures/accessibility';
import { promote } from '../fixtures/admin-cli';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';
import { randomUser, type User } from '../fixtures/user';

const PAGE = '/admin/otps';

async function openAsAdmin(portal: Portal, user: User, path = PAGE): Promise<void> {
  promote(user.username);
  await portal.openAs(user, path);
}

/** Generates a user with a domain of their own, because the log masks the rest of an email. */
function userWithOwnDomain(): User {
  const user = randomUser();
  return { ...user, email: `log@${user.username}.example.com` };
}

function rowsOf(portal: Portal, { email }: User): Locator {
  return portal.page.locator('tbody > tr').filter({ hasText: `l***@${email.split('@')[1]}` });
}

test('@hydrated a new code appears without a reload and is updated until it is used', async ({
  portal,
  user,
  anotherBrowser,
  mailbox,
}) => {
  const otherUser = userWithOwnDomain();
  const other = await anotherBrowser();
  await other.register(otherUser);
  await portal.page.clock.install();
  await openAsAdmin(portal, user);
  await expect(rowsOf(portal, otherUser)).toHaveCount(1);
  await expect(rowsOf(portal, otherUser)).toContainText('Registration');
  await expect(rowsOf(portal, otherUser)).toContainText('Pending');
  const refresh = portal.page.getByRole('link', { name: 'Refresh' });
  await refresh.focus();

  const code = await mailbox.code(otherUser.email);
  await other.enterCode(code);
  await other.expectPath('/login');
  await portal.page.clock.fastForward(6_000);
  await expect(rowsOf(portal, otherUser)).toContainText('Used', { timeout: 15_000 });
  await expect(refresh).toBeFocused();
  await other.startRecovery(otherUser.email);
  await portal.page.clock.fastForward(6_000);
  await expect(rowsOf(portal, otherUser)).toHaveCount(2, { timeout: 15_000 });
  await expect(rowsOf(portal, otherUser).first()).toContainText('Password reset');
  await expect(portal.page.getByText(/^\d+ new rows? since the page was opened\.$/)).toBeVisible();
  // Rows added later also show times in the browser's time zone.
  await expect(rowsOf(portal, otherUser).first().locator('time').first()).not.toContainText('UTC');
  await expect(portal.page.locator('main')).not.toContainText(code);
  await expectAccessible(portal);
});

test('@hydrated a paused list does not refresh', async ({ portal, user, anotherBrowser }) => {
  const otherUser = userWithOwnDomain();
  const other = await anotherBrowser();
  let refreshes = 0;
  portal.page.on('request', (request) => (refreshes += 'x-refresh' in request.headers() ? 1 : 0));
  await portal.page.clock.install();
  await openAsAdmin(portal, user);
  await expect(rowsOf(portal, otherUser)).toHaveCount(0);
  // The list refreshes by itself, so when it stops, that is because it was paused.
  await portal.page.clock.fastForward(6_000);
  await expect.poll(() => refreshes).toBeGreaterThan(0);
  const pause = portal.page.getByRole('button', { name: 'Pause' });
  await expect(pause).toHaveAttribute('aria-pressed', 'false');
  await pause.click();
  await expect(pause).toHaveAttribute('aria-pressed', 'true');

  await other.register(otherUser);
  const refreshesBefore = refreshes;
  for (let i = 0; i < 3; i += 1) {
    await portal.page.clock.fastForward(6_000);
  }
  await expect(rowsOf(portal, otherUser)).toHaveCount(0);
  expect(refreshes).toBe(refreshesBefore);
  await pause.click();
  await portal.page.clock.fastForward(6_000);
  await expect(rowsOf(portal, otherUser)).toHaveCount(1, { timeout: 15_000 });
});

test('@no-js a new code appears after a click on Refresh', async ({ portal, user, anotherBrowser }) => {
  const otherUser = userWithOwnDomain();
  await openAsAdmin(portal, user);
  await expect(rowsOf(portal, otherUser)).toHaveCount(0);
  await expect(portal.page.getByRole('button', { name: 'Pause' })).toBeHidden();
  await (await anotherBrowser()).register(otherUser);
  await portal.page.getByRole('link', { name: 'Refresh' }).click();
  await expect(rowsOf(portal, otherUser)).toHaveCount(1);
  await expect(rowsOf(portal, otherUser)).toContainText('Pending');
  await expectAccessible(portal);
});

test('a test email reaches the administrator and is listed', async ({ portal, user, mailbox }) => {
  await openAsAdmin(portal, user, '/admin/mail');
  await portal.submit('/admin/mail/test');
  await portal.expectPath('/admin/mail');
  // The portal sends one test email a minute, so another project's run may have used up the limit.
  const message = portal.page.getByText(/Sending a test email to|within the last minute/).first();
  await expect(message).toBeVisible();
  if ((await message.innerText()).includes('on its way')) {
    const [newest] = await mailbox.subjects(user.email, 2);
    expect(newest).toMatch(/^Test email from /);
  }
  await portal.open('/admin/mail?kind=test');
  await expect(portal.page.locator('tbody > tr').first()).toContainText('Test email');
  await expectAccessible(portal);
});
