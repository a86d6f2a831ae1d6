import { expectAccessible } from '../fixtures/accessibility';
import { expect, test } from '../fixtures/test';

test.describe('is accessible in light and dark mode, on wide and narrow screens:', () => {
  for (const path of ['/', '/register', '/login', '/dev/mailbox']) {
    test(path, async ({ portal }) => {
      await portal.open(path);
      await expectAccessible(portal);
    });
  }

  test('/register with error messages', async ({ portal }) => {
    await portal.open('/register');
    await portal.submit('/register');
    await portal.expectFieldError('/register', 'username', /Enter a username\./);
    await expectAccessible(portal);
  });

  test('/login with an error message', async ({ portal, newUser }) => {
    await portal.open('/login');
    await portal.signIn(newUser);
    await expect(portal.form('/login').getByRole('alert')).not.toBeEmpty();
    await expectAccessible(portal);
  });

  test('/login with a notice', async ({ portal, newUser }) => {
    await portal.createAccount(newUser);
    await expect(portal.notice()).toBeVisible();
    await expectAccessible(portal);
  });

  test('/verify', async ({ portal, newUser }) => {
    await portal.register(newUser);
    await expectAccessible(portal);
  });

  test('/verify with the email form expanded', async ({ portal, newUser }) => {
    await portal.register(newUser);
    await portal.expand('/verify/email');
    await expectAccessible(portal);
  });

  test('@hydrated /verify after the code expired', async ({ portal, newUser }) => {
    await portal.page.clock.install();
    await portal.register(newUser);
    await portal.page.clock.fastForward('10:00');
    await expect(portal.page.getByRole('heading', { name: 'Your code has expired' })).toBeVisible();
    await portal.page.clock.resume();
    await expectAccessible(portal);
  });

  test('/dev/mailbox with an email', async ({ portal, newUser, mailbox }) => {
    await portal.register(newUser);
    const code = await mailbox.code(newUser.email);
    await portal.open('/dev/mailbox');
    const email = portal.page.getByRole('article').filter({ hasText: newUser.email });
    await expect(email.getByRole('heading', { level: 2 })).toContainText(code);
    await expectAccessible(portal);
  });

  test('/dashboard with the menu collapsed and expanded', async ({ portal, user }) => {
    await portal.openAs(user);
    await expectAccessible(portal);
    await portal.expand('/logout');
    await expectAccessible(portal);
  });

  test('a page that does not exist', async ({ portal, monitor }) => {
    monitor.allowStatus(404);
    await portal.open('/no-such-page');
    await expectAccessible(portal);
  });
});

test('a page that does not exist says so and links to the home page', async ({ portal, monitor }) => {
  monitor.allowStatus(404);
  const response = await portal.open('/no-such-page');
  expect(response?.status()).toBe(404);
  await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('Page not found');
  await portal.page.locator('main').getByRole('link').first().click();
  await portal.expectPath('/');
});

test('@hydrated a page without islands loads no script', async ({ portal }) => {
  const scripts: string[] = [];
  portal.page.on('request', (request) => {
    if (['script', 'fetch'].includes(request.resourceType())) scripts.push(request.url());
  });
  await portal.open('/');
  await portal.page.waitForLoadState('load');
  expect(scripts).toEqual([]);
});
