import type { Locator } from '@playwright/test';

import { expectGoodLooks } from '../fixtures/looks';
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
  await portal.isAt('/login?next=/dashboard');
}

test('a session in another browser is mailed, listed and ended from here', async ({ portal, member, anotherBrowser, mailbox }) => {
  const other = await anotherBrowser();
  await other.openAs(member);
  // The mail follows a sign-in as a user does it.
  await portal.open('/login');
  await portal.signIn(member);
  await portal.isAt('/dashboard');
  const [newest] = await mailbox.subjects(member.email, 2);
  expect(newest).toMatch(/^New sign-in to your /);

  await portal.open(PAGE);
  await expect(rows(portal)).toHaveCount(2);
  const here = rows(portal).filter({ hasText: 'This device' });
  const elsewhere = rows(portal).filter({ hasNotText: 'This device' });
  await expect(here).toHaveCount(1);
  await expect(elsewhere).toContainText(/Chrome on \w+/);
  await expectGoodLooks(portal);

  await portal.answerTo(END, () => elsewhere.getByRole('button', { name: 'End session' }).click());
  await portal.isAt(PAGE);
  await expect(portal.notice()).toHaveText(/^Session ended: Chrome on \w+\.$/);
  await expect(rows(portal)).toHaveCount(1);
  await expectSignedOut(other);
});

test('the second of two tabs is told that the session is gone', async ({ portal, member, anotherBrowser, context }) => {
  await (await anotherBrowser()).openAs(member);
  await portal.openAs(member);
  const tab = await context.newPage();
  await tab.goto(PAGE);
  await portal.open(PAGE);
  await portal.answerTo(END, () => rows(portal).getByRole('button', { name: 'End session' }).click());
  await portal.isAt(PAGE);

  await tab.locator('.rows > li').getByRole('button', { name: 'End session' }).click();
  await expect(tab.getByRole('alert')).toHaveText('That session has already ended.');
});

test('all other sessions are ended at once', async ({ portal, member, anotherBrowser }) => {
  const others = [await anotherBrowser(), await anotherBrowser()];
  for (const other of others) await other.openAs(member);
  await portal.openAs(member, PAGE);
  await expect(rows(portal)).toHaveCount(3);

  await portal.submit(END_OTHERS);
  await portal.isAt(PAGE);
  await expect(portal.notice()).toHaveText("You've been signed out on all other devices.");
  await expect(rows(portal)).toHaveCount(1);
  await expect(portal.form(END_OTHERS)).toHaveCount(0);
  for (const other of others) await expectSignedOut(other);
});

test('ending this very session signs out', async ({ portal, member }) => {
  await portal.openAs(member, PAGE);
  await portal.answerTo(END, () => rows(portal).getByRole('button', { name: 'Sign out' }).click());
  await portal.isAt('/login');
  await expectSignedOut(portal);
});
