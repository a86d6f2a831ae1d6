import { expectGoodLooks } from '../fixtures/looks';
import { expect, test } from '../fixtures/test';

const PAGE = '/account/security/log';

test('a person reads what happened to their account', async ({ portal, member, hydrated }) => {
  await portal.open('/login');
  await portal.signIn({ ...member, password: 'not the password' });
  await expect(portal.form('/login').getByRole('alert')).not.toBeEmpty();
  await portal.submit('/login', { identifier: member.username, password: member.password });
  await portal.isAt('/dashboard');

  await portal.open(PAGE);
  const rows = portal.page.locator('.rows > li');
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(0)).toContainText('Signed in');
  await expect(rows.nth(0)).toContainText(/Chrome on \w+/);
  await expect(rows.nth(1)).toContainText('Sign-in failed: incorrect password');
  // In the reader's own zone where a script can know it.
  const times = rows.locator('time');
  if (hydrated) await expect(times.first()).not.toContainText('UTC');
  else await expect(times.first()).toContainText('UTC');
  await expectGoodLooks(portal);
});

test('an id in the address that names nothing is ignored', async ({ portal, member }) => {
  await portal.openAs(member);
  const answer = await portal.open(`${PAGE}?before=nonsense`);
  expect(answer?.status()).toBe(200);
  await expect(portal.page.locator('.rows > li')).toHaveCount(1);
});
