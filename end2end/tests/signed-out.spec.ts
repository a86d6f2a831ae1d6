import { expect, test } from '../fixtures/test';

test('the back button after signing out shows nothing private', async ({ portal, member }) => {
  const { page } = portal;
  await portal.openAs(member);
  await portal.signOut();

  await page.goBack();
  await portal.isAt('/login?next=/dashboard');
  await expect(page.locator('body')).not.toContainText(member.username);
  await expect(page.locator('body')).not.toContainText(member.email);
});

test('signing out in one tab ends the others', async ({ portal, member, context }) => {
  await portal.openAs(member);
  const other = await context.newPage();
  await other.goto('/dashboard');
  await expect(other.locator('main')).toContainText(member.email);

  await portal.signOut();
  await other.reload();
  await expect(other).toHaveURL((url) => url.pathname === '/login');
  await expect(other.locator('body')).not.toContainText(member.email);
});

test('a link cannot sign anybody out', async ({ portal, member }) => {
  await portal.openAs(member);

  const answer = await portal.page.request.get('/logout');
  expect(answer.status()).toBe(405);
  await portal.open('/dashboard');
  await portal.isAt('/dashboard');
});
