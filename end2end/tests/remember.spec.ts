import type { BrowserContext, Cookie } from '@playwright/test';

import { expect, test } from '../fixtures/test';

const DAY = 86_400;

/** The session's cookie, which signing in sets anew. */
async function sessionCookie(context: BrowserContext, before: Cookie[]): Promise<Cookie> {
  const known = new Set(before.map((cookie) => cookie.value));
  const sessions = (await context.cookies()).filter((cookie) => cookie.name.endsWith('portal_session'));
  const fresh = sessions.filter((cookie) => !known.has(cookie.value));
  expect(fresh).toHaveLength(1);
  return fresh[0] as Cookie;
}

for (const remember of [false, true]) {
  test(`the session ${remember ? 'lasts 30 days when asked to' : 'ends with the browser'}`, async ({ portal, member, context }) => {
    await portal.open('/login');
    const before = await context.cookies();
    await portal.signIn(member, { remember });
    await portal.isAt('/dashboard');

    const cookie = await sessionCookie(context, before);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    if (remember) {
      const left = cookie.expires - Date.now() / 1_000;
      expect(left).toBeGreaterThan(30 * DAY - 60);
      expect(left).toBeLessThanOrEqual(30 * DAY + 1);
    } else {
      expect(cookie.expires).toBe(-1);
    }
  });
}

test('a refused sign-in keeps the choice', async ({ portal, member }) => {
  await portal.open('/login');
  await portal.signIn({ ...member, password: 'not the password' }, { remember: true });
  await expect(portal.form('/login').getByRole('alert')).not.toBeEmpty();
  await expect(portal.field('/login', 'remember')).toBeChecked();
});

test('a forged cookie is a signed-out visitor', async ({ portal, member, context }) => {
  await portal.open('/login');
  const before = await context.cookies();
  await portal.signIn(member);
  await portal.isAt('/dashboard');
  const { name, domain, path } = await sessionCookie(context, before);

  await context.addCookies([{ name, domain, path, value: 'AAAAAAAAAAAAAAAAAAAAAA' }]);
  await portal.open('/dashboard');
  await portal.isAt('/login?next=/dashboard');
});
