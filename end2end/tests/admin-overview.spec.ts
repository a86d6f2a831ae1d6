import { expectAccessible } from '../fixtures/accessibility';
import { promote } from '../fixtures/admin-cli';
import { expect, test } from '../fixtures/test';

test('an administrator sees statistics on the overview', async ({ portal, user, anotherBrowser }) => {
  const otherBrowser = await anotherBrowser();
  await otherBrowser.open('/login');
  await otherBrowser.signIn({ ...user, password: 'not the password' });
  await promote(user.username);
  await portal.openAs(user, '/admin');
  await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  const ranges = portal.page.getByRole('navigation', { name: 'Time range' }).getByRole('link');
  await expect(ranges).toHaveText(['Last 24 hours', 'Last 7 days', 'Last 30 days']);
  await expect(ranges.nth(0)).toHaveAttribute('aria-current', 'true');
  // The numbers include other tests that run at the same time.
  const chart = portal.page.getByRole('img', { name: 'Registrations' });
  await expect(chart).toBeVisible();
  await expect(chart).toHaveAccessibleDescription(/^\d+ started, \d+ completed\. Busiest hour: \d+ on /);
  await expect(portal.page.getByRole('img', { name: 'Failures' })).toHaveAccessibleDescription(/^[1-9]\d* in total\./);
  await expectAccessible(portal);

  await ranges.nth(1).click();
  await portal.expectPath('/admin?span=week');
  await expect(ranges.nth(1)).toHaveAttribute('aria-current', 'true');
  await portal.page.locator('details.numbers summary').click();
  await expect(portal.page.getByRole('table').getByRole('row')).toHaveCount(8);
  await expectAccessible(portal);
});

test('an administrator sees the settings of the portal', async ({ portal, user }) => {
  await promote(user.username);
  await portal.openAs(user, '/admin/settings');
  await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('Settings');
  const setting = portal.page.getByRole('row').filter({ hasText: 'PORTAL_FORM_MIN_FILL' });
  await expect(setting).toContainText('environment');
  await expect(setting).toContainText('0');
  await expectAccessible(portal);
});
