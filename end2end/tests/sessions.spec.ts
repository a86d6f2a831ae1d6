import type { Locator } from '@playwright/test';

import { expectAccessible } from '../fixtures/accessibility';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';

const PAGE = '/account/sessions';
const END = '/account/sessions/end';
const END_OTHERS = '/account/sessions/end-others';

function rows(portal: Portal): Locator {
  return portal.page.locator('.rows > li');
}

async function expectSignedOut(portal: Portal): Promise<void> {
  await portal.open('/dashboard');
  await portal.expectPath('/login?next=/dashboard');
}

test('a sign-in from a new browser sends an email, and its session can be ended elsewhere', async ({
  portal,
  user,
  anotherBrowser,
  mailbox,
}) => {
  const other = await anotherBrowser();
  await other.openAs(user);
  // Signs in through the page, as a user does.
  await portal.open('/login');
  await portal.signIn(user);
  await portal.expectPath('/dashboard');
  const [newest] = await mailbox.subjects(user.email, 2);
  expect(newest).toMatch(/^New sign-in to your /);

  await portal.open(PAGE);
  await expect(rows(portal)).toHaveCount(2);
  const currentSession = rows(portal).filter({ hasText: 'This device' });
  const otherSession = rows(portal).filter({ hasNotText: 'This device' });
  await expect(currentSession).toHaveCount(1);
  await expect(otherSession).toContainText(/Chrome on \w+/);
  await expectAccessible(portal);

  await portal.waitForPost(END, () => otherSession.getByRole('button', { name: 'End session' }).click());
  await portal.expectPath(PAGE);
  await expect(portal.notice()).toHaveText(/^Session ended: Chrome on \w+\.$/);
  await expect(rows(portal)).toHaveCount(1);
  await expectSignedOut(other);
});

test('a second tab says that the session has already ended', async ({ portal, user, anotherBrowser, context }) => {
  await (await anotherBrowser()).openAs(user);
  await portal.openAs(user);
  const tab = await context.newPage();
  await tab.goto(PAGE);
  await portal.open(PAGE);
  await portal.waitForPost(END, () => rows(portal).getByRole('button', { name: 'End session' }).click());
  await portal.expectPath(PAGE);

  await tab.locator('.rows > li').getByRole('button', { name: 'End session' }).click();
  await expect(tab.getByRole('alert')).toHaveText('That session has already ended.');
});

test('all other sessions can be ended together', async ({ portal, user, anotherBrowser }) => {
  const others = [await anotherBrowser(), await anotherBrowser()];
  for (const other of others) await other.openAs(user);
  await portal.openAs(user, PAGE);
  await expect(rows(portal)).toHaveCount(3);

  await portal.submit(END_OTHERS);
  await portal.expectPath(PAGE);
  await expect(portal.notice()).toHaveText("You've been signed out on all other devices.");
  await expect(rows(portal)).toHaveCount(1);
  await expect(portal.form(END_OTHERS)).toHaveCount(0);
  for (const other of others) await expectSignedOut(other);
});

test('ending the current session signs out', async ({ portal, user }) => {
  await portal.openAs(user, PAGE);
  await portal.waitForPost(END, () => rows(portal).getByRole('button', { name: 'Sign out' }).click());
  await portal.expectPath('/login');
  await expectSignedOut(portal);
});
