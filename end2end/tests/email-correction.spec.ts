import { expect, test } from '../fixtures/test';
import { randomUser } from '../fixtures/user';

test('a mistyped email is corrected, and the code is sent to the new one', async ({ portal, newUser, mailbox }) => {
  const { email: corrected } = randomUser();
  await portal.register(newUser);

  await portal.expand('/verify/email');
  await portal.submit('/verify/email', { email: corrected });
  await portal.expectPath('/verify');
  await expect(portal.page.locator('main')).toContainText(corrected);
  await portal.enterCode(await mailbox.code(corrected));
  await portal.expectPath('/login');

  await portal.submit('/login', { identifier: corrected, password: newUser.password });
  await portal.expectPath('/dashboard');
  await expect(portal.page.locator('main')).toContainText(corrected);
});

test('the code sent to the wrong email is invalid after the correction', async ({ portal, newUser, mailbox }) => {
  const { email: corrected } = randomUser();
  await portal.register(newUser);
  const oldCode = await mailbox.code(newUser.email);

  await portal.expand('/verify/email');
  await portal.submit('/verify/email', { email: corrected });
  await expect(portal.page.locator('main')).toContainText(corrected);
  await portal.enterCode(oldCode);
  await portal.expectFieldError('/verify', 'code', /That code is incorrect or has expired\./);
});

test('the email can be corrected twice', async ({ portal, newUser }) => {
  await portal.register(newUser);
  for (const { email } of [randomUser(), randomUser()]) {
    await portal.expand('/verify/email');
    await portal.submit('/verify/email', { email });
    await portal.expectPath('/verify');
    await expect(portal.page.locator('main strong')).toContainText([email]);
  }
  await expect(portal.form('/verify/email')).toHaveCount(0);
  await portal.page.locator('summary').click();
  await expect(portal.page.locator('details')).toContainText(/can't change the email address again/);
});

test('an invalid email shows an error at its field, which stays expanded', async ({ portal, newUser }) => {
  await portal.register(newUser);
  await portal.expand('/verify/email');
  await portal.submit('/verify/email', { email: 'somebody@localhost' });
  await portal.expectPath('/verify');
  await portal.expectFieldError('/verify/email', 'email', /Enter an email address like name@example\.com\./);
  await expect(portal.field('/verify/email', 'email')).toBeVisible();
  await expect(portal.field('/verify/email', 'email')).toHaveValue('somebody@localhost');
});
