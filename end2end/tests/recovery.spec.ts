import { expectAccessible } from '../fixtures/accessibility';
import { expect, test } from '../fixtures/test';

const PASSWORD = 'gravel lantern mosaic';

test('a user resets a forgotten password with a code and signs in', async ({ portal, user, mailbox }) => {
  await portal.open('/login');
  await portal.page.getByRole('link', { name: 'Forgot your password?' }).click();
  await portal.expectPath('/recover');
  await portal.submit('/recover', { email: user.email });

  await portal.expectPath('/recover/verify');
  await expect(portal.page.locator('main')).toContainText('If that email address has an account');
  const [code] = await mailbox.codes(user.email, 2);
  await portal.submit('/recover/verify', { code: code ?? '', password: PASSWORD });

  await portal.expectPath('/login');
  await expect(portal.notice()).toContainText('Your password has been reset');
  await portal.signIn({ ...user, password: PASSWORD });
  await portal.expectPath('/dashboard');
});

test('a password reset ends sessions in other browsers', async ({ portal, user, mailbox, anotherBrowser }) => {
  const otherBrowser = await anotherBrowser();
  await otherBrowser.openAs(user);

  await portal.startRecovery(user.email);
  const [code] = await mailbox.codes(user.email, 2);
  await portal.submit('/recover/verify', { code: code ?? '', password: PASSWORD });
  await portal.expectPath('/login');

  await otherBrowser.open('/dashboard');
  await otherBrowser.expectPath('/login?next=/dashboard');
});

test('an email without an account gets the same pages', async ({ portal, newUser }) => {
  await portal.startRecovery(newUser.email);
  await expect(portal.page.locator('main')).toContainText('If that email address has an account');
  await portal.submit('/recover/verify', { code: '123456', password: PASSWORD });
  await portal.expectPath('/recover/verify');
  await portal.expectFieldError('/recover/verify', 'code', /That code is incorrect or has expired\. 4 attempts left\./);
  await expect(portal.field('/recover/verify', 'password')).toHaveValue('');
});

test('a weak password shows an error at its field, and the code is not kept', async ({ portal, newUser }) => {
  await portal.startRecovery(newUser.email);
  await portal.submit('/recover/verify', { code: '123456', password: 'password' });
  await portal.expectFieldError('/recover/verify', 'password', /Try three or four random words/);
  await expect(portal.field('/recover/verify', 'code')).toHaveValue('');
});

test('/recover/verify redirects to /recover when no code was requested', async ({ portal }) => {
  await portal.open('/recover/verify');
  await portal.expectPath('/recover');
  await expect(portal.notice()).toContainText('No password reset is in progress in this browser');
});

test.describe('is accessible in light and dark mode, on wide and narrow screens:', () => {
  test('/recover', async ({ portal }) => {
    await portal.open('/recover');
    await expectAccessible(portal);
  });

  test('/recover/verify', async ({ portal, newUser }) => {
    await portal.startRecovery(newUser.email);
    await expectAccessible(portal);
  });

  test('/recover/verify with error messages', async ({ portal, newUser }) => {
    await portal.startRecovery(newUser.email);
    await portal.submit('/recover/verify', { code: '12', password: 'short' });
    await portal.expectFieldError('/recover/verify', 'code', /The code has 6 digits\./);
    await expectAccessible(portal);
  });

  test('/from-mail with a link that no longer works', async ({ portal }) => {
    await portal.open('/from-mail?token=x');
    await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('This link no longer works');
    await expectAccessible(portal);
  });
});
