import type { Locator } from '@playwright/test';

import { promote } from '../fixtures/administrator';
import { expectGoodLooks } from '../fixtures/looks';
import { newPerson, type Person } from '../fixtures/person';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';

const PAGE = '/admin/otps';

async function openAsAdministrator(portal: Portal, person: Person, path = PAGE): Promise<void> {
  promote(person.username);
  await portal.openAs(person, path);
}

/** Somebody whose address is known in the log by its domain: the rest of it is masked there. */
function newcomerToLog(): Person {
  const person = newPerson();
  return { ...person, email: `log@${person.username}.example.com` };
}

function rowsOf(portal: Portal, { email }: Person): Locator {
  return portal.page.locator('tbody > tr').filter({ hasText: `l***@${email.split('@')[1]}` });
}

test('@hydrated a code that somebody asks for appears by itself and is followed until it is used', async ({
  portal,
  member,
  anotherBrowser,
  mailbox,
}) => {
  const newcomer = newcomerToLog();
  const other = await anotherBrowser();
  await other.register(newcomer);
  await portal.page.clock.install();
  await openAsAdministrator(portal, member);
  await expect(rowsOf(portal, newcomer)).toHaveCount(1);
  await expect(rowsOf(portal, newcomer)).toContainText('Registration');
  await expect(rowsOf(portal, newcomer)).toContainText('Pending');
  const refresh = portal.page.getByRole('link', { name: 'Refresh' });
  await refresh.focus();

  const code = await mailbox.code(newcomer.email);
  await other.enterCode(code);
  await other.isAt('/login');
  await portal.page.clock.fastForward(6_000);
  await expect(rowsOf(portal, newcomer)).toContainText('Used', { timeout: 15_000 });
  await expect(refresh).toBeFocused();
  await other.recover(newcomer.email);
  await portal.page.clock.fastForward(6_000);
  await expect(rowsOf(portal, newcomer)).toHaveCount(2, { timeout: 15_000 });
  await expect(rowsOf(portal, newcomer).first()).toContainText('Password reset');
  await expect(portal.page.getByText(/^\d+ new rows? since the page was opened\.$/)).toBeVisible();
  // In the reader's own zone, as the rows that were there from the beginning.
  await expect(rowsOf(portal, newcomer).first().locator('time').first()).not.toContainText('UTC');
  await expect(portal.page.locator('main')).not.toContainText(code);
  await expectGoodLooks(portal);
});

test('@hydrated a list that is paused stays as it is', async ({ portal, member, anotherBrowser }) => {
  const newcomer = newcomerToLog();
  const other = await anotherBrowser();
  let refreshes = 0;
  portal.page.on('request', (request) => (refreshes += 'x-refresh' in request.headers() ? 1 : 0));
  await portal.page.clock.install();
  await openAsAdministrator(portal, member);
  await expect(rowsOf(portal, newcomer)).toHaveCount(0);
  // It asks by itself, so that a list which asks no more is one that was paused.
  await portal.page.clock.fastForward(6_000);
  await expect.poll(() => refreshes).toBeGreaterThan(0);
  const pause = portal.page.getByRole('button', { name: 'Pause' });
  await expect(pause).toHaveAttribute('aria-pressed', 'false');
  await pause.click();
  await expect(pause).toHaveAttribute('aria-pressed', 'true');

  await other.register(newcomer);
  const before = refreshes;
  for (let turn = 0; turn < 3; turn += 1) {
    await portal.page.clock.fastForward(6_000);
  }
  await expect(rowsOf(portal, newcomer)).toHaveCount(0);
  expect(refreshes).toBe(before);
  await pause.click();
  await portal.page.clock.fastForward(6_000);
  await expect(rowsOf(portal, newcomer)).toHaveCount(1, { timeout: 15_000 });
});

test('@no-js a code that somebody asks for is there after a press on Refresh', async ({ portal, member, anotherBrowser }) => {
  const newcomer = newcomerToLog();
  await openAsAdministrator(portal, member);
  await expect(rowsOf(portal, newcomer)).toHaveCount(0);
  await expect(portal.page.getByRole('button', { name: 'Pause' })).toBeHidden();
  await (await anotherBrowser()).register(newcomer);
  await portal.page.getByRole('link', { name: 'Refresh' }).click();
  await expect(rowsOf(portal, newcomer)).toHaveCount(1);
  await expect(rowsOf(portal, newcomer)).toContainText('Pending');
  await expectGoodLooks(portal);
});

test('a test mail reaches the administrator and its row says so', async ({ portal, member, mailbox }) => {
  await openAsAdministrator(portal, member, '/admin/mail');
  await portal.submit('/admin/mail/test');
  await portal.isAt('/admin/mail');
  // One administrator a minute: in the other mode's run it may have been somebody else.
  const answer = portal.page.getByText(/Sending a test email to|within the last minute/).first();
  await expect(answer).toBeVisible();
  if ((await answer.innerText()).includes('on its way')) {
    const [newest] = await mailbox.subjects(member.email, 2);
    expect(newest).toMatch(/^Test email from /);
  }
  await portal.open('/admin/mail?kind=test');
  await expect(portal.page.locator('tbody > tr').first()).toContainText('Test email');
  await expectGoodLooks(portal);
});
