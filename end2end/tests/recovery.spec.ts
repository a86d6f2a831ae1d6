import { expectGoodLooks } from '../fixtures/looks';
import { expect, test } from '../fixtures/test';

const PASSWORD = 'gravel lantern mosaic';

test('who forgot the password sets a new one by a mailed code and signs in with it', async ({ portal, member, mailbox }) => {
  await portal.open('/login');
  await portal.page.getByRole('link', { name: 'Forgot your password?' }).click();
  await portal.isAt('/recover');
  await portal.submit('/recover', { email: member.email });

  await portal.isAt('/recover/verify');
  await expect(portal.page.locator('main')).toContainText('If that email address has an account');
  const [code] = await mailbox.codes(member.email, 2);
  await portal.submit('/recover/verify', { code: code ?? '', password: PASSWORD });

  await portal.isAt('/login');
  await expect(portal.notice()).toContainText('Your password has been reset');
  await portal.signIn({ ...member, password: PASSWORD });
  await portal.isAt('/dashboard');
});

test('a session elsewhere ends with the old password', async ({ portal, member, mailbox, anotherBrowser }) => {
  const elsewhere = await anotherBrowser();
  await elsewhere.openAs(member);

  await portal.recover(member.email);
  const [code] = await mailbox.codes(member.email, 2);
  await portal.submit('/recover/verify', { code: code ?? '', password: PASSWORD });
  await portal.isAt('/login');

  await elsewhere.open('/dashboard');
  await elsewhere.isAt('/login?next=/dashboard');
});

test('an address without an account sees the same pages', async ({ portal, person }) => {
  await portal.recover(person.email);
  await expect(portal.page.locator('main')).toContainText('If that email address has an account');
  await portal.submit('/recover/verify', { code: '123456', password: PASSWORD });
  await portal.isAt('/recover/verify');
  await portal.expectFieldError('/recover/verify', 'code', /That code is incorrect or has expired\. 4 attempts left\./);
  await expect(portal.field('/recover/verify', 'password')).toHaveValue('');
});

test('a weak password stands beside its field and the code is not kept', async ({ portal, person }) => {
  await portal.recover(person.email);
  await portal.submit('/recover/verify', { code: '123456', password: 'password' });
  await portal.expectFieldError('/recover/verify', 'password', /Try three or four random words/);
  await expect(portal.field('/recover/verify', 'code')).toHaveValue('');
});

test('there is nothing to enter a code for without having asked', async ({ portal }) => {
  await portal.open('/recover/verify');
  await portal.isAt('/recover');
  await expect(portal.notice()).toContainText('no code to enter in this browser');
});

test.describe('looks good in light and dark, wide and narrow:', () => {
  test('/recover', async ({ portal }) => {
    await portal.open('/recover');
    await expectGoodLooks(portal);
  });

  test('/recover/verify', async ({ portal, person }) => {
    await portal.recover(person.email);
    await expectGoodLooks(portal);
  });

  test('/recover/verify with messages', async ({ portal, person }) => {
    await portal.recover(person.email);
    await portal.submit('/recover/verify', { code: '12', password: 'short' });
    await portal.expectFieldError('/recover/verify', 'code', /The code has 6 digits\./);
    await expectGoodLooks(portal);
  });

  test('/from-mail with a link that no longer works', async ({ portal }) => {
    await portal.open('/from-mail?token=x');
    await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('This link no longer works');
    await expectGoodLooks(portal);
  });
});
