import { expect, test } from '../fixtures/test';

test('the back button after signing out shows nothing private', async ({ portal, user }) => {
  const { page } = portal;
  await portal.openAs(user);
  await portal.signOut();

  await page.goBack();
  await portal.expectPath('/login?next=/dashboard');
  await expect(page.locator('body')).not.toContainText(user.username);
  await expect(page.locator('body')).not.toContainText(user.email);
});

test('signing out in one tab ends the others', async ({ portal, user, context }) => {
  await portal.openAs(user);
  const other = await context.newPage();
  await other.goto('/dashboard');
  await expect(other.locator('main')).toContainText(user.email);

  await portal.signOut();
  await other.reload();
  await expect(other).toHaveURL((url) => url.pathname === '/login');
  await expect(other.locator('body')).not.toContainText(user.email);
});

test('a link cannot sign a user out', async ({ portal, user }) => {
  await portal.openAs(user);

  const response = await portal.page.request.get('/logout');
  expect(response.status()).toBe(405);
  await portal.open('/dashboard');
  await portal.expectPath('/dashboard');
});
