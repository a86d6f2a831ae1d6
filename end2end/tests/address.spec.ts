import { newPerson } from '../fixtures/person';
import { expect, test } from '../fixtures/test';

test('a mistyped address is corrected, and the code goes to the new one', async ({ portal, person, mailbox }) => {
  const { email: right } = newPerson();
  await portal.register(person);

  await portal.reveal('/verify/email');
  await portal.submit('/verify/email', { email: right });
  await portal.isAt('/verify');
  await expect(portal.page.locator('main')).toContainText(right);
  await portal.enterCode(await mailbox.code(right));
  await portal.isAt('/login');

  await portal.submit('/login', { identifier: right, password: person.password });
  await portal.isAt('/dashboard');
  await expect(portal.page.locator('main')).toContainText(right);
});

test('the code sent to the wrong address is worth nothing after the correction', async ({ portal, person, mailbox }) => {
  const { email: right } = newPerson();
  await portal.register(person);
  const leaked = await mailbox.code(person.email);

  await portal.reveal('/verify/email');
  await portal.submit('/verify/email', { email: right });
  await expect(portal.page.locator('main')).toContainText(right);
  await portal.enterCode(leaked);
  await portal.expectFieldError('/verify', 'code', /That code is incorrect or has expired\./);
});

test('the address can be corrected twice', async ({ portal, person }) => {
  await portal.register(person);
  for (const { email } of [newPerson(), newPerson()]) {
    await portal.reveal('/verify/email');
    await portal.submit('/verify/email', { email });
    await portal.isAt('/verify');
    await expect(portal.page.locator('main strong')).toContainText([email]);
  }
  await expect(portal.form('/verify/email')).toHaveCount(0);
  await portal.page.locator('summary').click();
  await expect(portal.page.locator('details')).toContainText(/can't change the email address again/);
});

test('what is no address is refused beside its field, which stays open', async ({ portal, person }) => {
  await portal.register(person);
  await portal.reveal('/verify/email');
  await portal.submit('/verify/email', { email: 'somebody@localhost' });
  await portal.isAt('/verify');
  await portal.expectFieldError('/verify/email', 'email', /Enter an email address like name@example\.com\./);
  await expect(portal.field('/verify/email', 'email')).toBeVisible();
  await expect(portal.field('/verify/email', 'email')).toHaveValue('somebody@localhost');
});
