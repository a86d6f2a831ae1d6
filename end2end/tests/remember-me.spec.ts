import type { BrowserContext, Cookie } from '@playwright/test';

import { expect, test } from '../fixtures/test';

const DAY = 86_400;

/** Returns the session cookie with a new value, which signing in must have set. */
async function sessionCookie(context: BrowserContext, before: Cookie[]): Promise<Cookie> {
  const known = new Set(before.map((cookie) => cookie.value));
  const sessions = (await context.cookies()).filter((cookie) => cookie.name.endsWith('portal_session'));
  const fresh = sessions.filter((cookie) => !known.has(cookie.value));
  expect(fresh).toHaveLength(1);
  return fresh[0] as Cookie;
}

for (const remember of [false, true]) {
  const title = remember ? 'with "remember me", the session lasts 30 days' : 'the session ends with the browser';
  test(title, async ({ portal, user, context }) => {
    await portal.open('/login');
    const before = await context.cookies();
    await portal.signIn(user, { remember });
    await portal.expectPath('/dashboard');

    const cookie = await sessionCookie(context, before);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    if (remember) {
      const remaining = cookie.expires - Date.now() / 1_000;
      expect(remaining).toBeGreaterThan(30 * DAY - 60);
      expect(remaining).toBeLessThanOrEqual(30 * DAY + 1);
    } else {
      expect(cookie.expires).toBe(-1);
    }
  });
}

test('a failed sign-in keeps the checkbox checked', async ({ portal, user }) => {
  await portal.open('/login');
  await portal.signIn({ ...user, password: 'not the password' }, { remember: true });
  await expect(portal.form('/login').getByRole('alert')).not.toBeEmpty();
  await expect(portal.field('/login', 'remember')).toBeChecked();
});

test('a forged session cookie does not sign in', async ({ portal, user, context }) => {
  await portal.open('/login');
  const before = await context.cookies();
  await portal.signIn(user);
  await portal.expectPath('/dashboard');
  const { name, domain, path } = await sessionCookie(context, before);

  await context.addCookies([{ name, domain, path, value: 'AAAAAAAAAAAAAAAAAAAAAA' }]);
  await portal.open('/dashboard');
  await portal.expectPath('/login?next=/dashboard');
});
