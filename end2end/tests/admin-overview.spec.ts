import { promote } from '../fixtures/administrator';
import { expectGoodLooks } from '../fixtures/looks';
import { expect, test } from '../fixtures/test';

test('an administrator sees how the portal is doing', async ({ portal, member, anotherBrowser }) => {
  const stranger = await anotherBrowser();
  await stranger.open('/login');
  await stranger.signIn({ ...member, password: 'not the password' });
  await promote(member.username);
  await portal.openAs(member, '/admin');
  await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  const spans = portal.page.getByRole('navigation', { name: 'Time range' }).getByRole('link');
  await expect(spans).toHaveText(['Last 24 hours', 'Last 7 days', 'Last 30 days']);
  await expect(spans.nth(0)).toHaveAttribute('aria-current', 'true');
  // Whoever else is tested at the same time is counted as well.
  const chart = portal.page.getByRole('img', { name: 'Registrations' });
  await expect(chart).toBeVisible();
  await expect(chart).toHaveAccessibleDescription(/^\d+ started, \d+ completed\. Busiest hour: \d+ on /);
  await expect(portal.page.getByRole('img', { name: 'Failures' })).toHaveAccessibleDescription(/^[1-9]\d* in total\./);
  await expectGoodLooks(portal);

  await spans.nth(1).click();
  await portal.isAt('/admin?span=week');
  await expect(spans.nth(1)).toHaveAttribute('aria-current', 'true');
  await portal.page.locator('details.numbers summary').click();
  await expect(portal.page.getByRole('table').getByRole('row')).toHaveCount(8);
  await expectGoodLooks(portal);
});

test('an administrator reads what the portal runs with', async ({ portal, member }) => {
  await promote(member.username);
  await portal.openAs(member, '/admin/settings');
  await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('Settings');
  const limit = portal.page.getByRole('row').filter({ hasText: 'PORTAL_FORM_MIN_FILL' });
  await expect(limit).toContainText('environment');
  await expect(limit).toContainText('0');
  await expectGoodLooks(portal);
});
