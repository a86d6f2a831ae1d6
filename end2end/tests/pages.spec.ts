import { expectGoodLooks } from '../fixtures/looks';
import { expect, test } from '../fixtures/test';

test.describe('looks good in light and dark, wide and narrow:', () => {
  for (const path of ['/', '/register', '/login', '/dev/mailbox']) {
    test(path, async ({ portal }) => {
      await portal.open(path);
      await expectGoodLooks(portal);
    });
  }

  test('/register with messages', async ({ portal }) => {
    await portal.open('/register');
    await portal.submit('/register');
    await portal.expectFieldError('/register', 'username', /Enter a username\./);
    await expectGoodLooks(portal);
  });

  test('/login with a message', async ({ portal, person }) => {
    await portal.open('/login');
    await portal.signIn(person);
    await expect(portal.form('/login').getByRole('alert')).not.toBeEmpty();
    await expectGoodLooks(portal);
  });

  test('/login with a notice', async ({ portal, person }) => {
    await portal.createAccount(person);
    await expect(portal.notice()).toBeVisible();
    await expectGoodLooks(portal);
  });

  test('/verify', async ({ portal, person }) => {
    await portal.register(person);
    await expectGoodLooks(portal);
  });

  test('/verify with the address unfolded', async ({ portal, person }) => {
    await portal.register(person);
    await portal.reveal('/verify/email');
    await expectGoodLooks(portal);
  });

  test('@hydrated /verify after the code expired', async ({ portal, person }) => {
    await portal.page.clock.install();
    await portal.register(person);
    await portal.page.clock.fastForward('10:00');
    await expect(portal.page.getByRole('heading', { name: 'Your code has expired' })).toBeVisible();
    await portal.page.clock.resume();
    await expectGoodLooks(portal);
  });

  test('/dev/mailbox with a mail', async ({ portal, person, mailbox }) => {
    await portal.register(person);
    const code = await mailbox.code(person.email);
    await portal.open('/dev/mailbox');
    const mail = portal.page.getByRole('article').filter({ hasText: person.email });
    await expect(mail.getByRole('heading', { level: 2 })).toContainText(code);
    await expectGoodLooks(portal);
  });

  test('/dashboard, its menu folded and unfolded', async ({ portal, member }) => {
    await portal.openAs(member);
    await expectGoodLooks(portal);
    await portal.reveal('/logout');
    await expectGoodLooks(portal);
  });

  test('a page that is not there', async ({ portal, manners }) => {
    manners.expectStatus(404);
    await portal.open('/no-such-page');
    await expectGoodLooks(portal);
  });
});

test('a page that is not there says so and leads back', async ({ portal, manners }) => {
  manners.expectStatus(404);
  const response = await portal.open('/no-such-page');
  expect(response?.status()).toBe(404);
  await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('Page not found');
  await portal.page.locator('main').getByRole('link').first().click();
  await portal.isAt('/');
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
