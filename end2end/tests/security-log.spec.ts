import { expectAccessible } from '../fixtures/accessibility';
import { expect, test } from '../fixtures/test';

const PAGE = '/account/security/log';

test('a user sees the security events of their account', async ({ portal, user, hydrated }) => {
  await portal.open('/login');
  await portal.signIn({ ...user, password: 'not the password' });
  await expect(portal.form('/login').getByRole('alert')).not.toBeEmpty();
  await portal.submit('/login', { identifier: user.username, password: user.password });
  await portal.expectPath('/dashboard');

  await portal.open(PAGE);
  const rows = portal.page.locator('.rows > li');
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(0)).toContainText('Signed in');
  await expect(rows.nth(0)).toContainText(/Chrome on \w+/);
  await expect(rows.nth(1)).toContainText('Sign-in failed: incorrect password');
  // In the browser's time zone where JavaScript is enabled.
  const times = rows.locator('time');
  if (hydrated) await expect(times.first()).not.toContainText('UTC');
  else await expect(times.first()).toContainText('UTC');
  await expectAccessible(portal);
});

test('an invalid id in the URL is ignored', async ({ portal, user }) => {
  await portal.openAs(user);
  const response = await portal.open(`${PAGE}?before=nonsense`);
  expect(response?.status()).toBe(200);
  await expect(portal.page.locator('.rows > li')).toHaveCount(1);
});
