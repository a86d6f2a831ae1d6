import { expect, test } from '../fixtures/test';

/** Another code than this one. */
function not(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

test('each wrong code costs a try, and the fifth ends the registration', async ({ portal, person, mailbox }) => {
  await portal.register(person);
  const code = await mailbox.code(person.email);

  await portal.enterCode(not(code));
  for (const left of ['4 attempts', '3 attempts', '2 attempts', '1 attempt']) {
    await portal.expectFieldError('/verify', 'code', new RegExp(`That code is incorrect or has expired\\. ${left} left\\.`));
    await expect(portal.field('/verify', 'code')).toHaveValue('');
    await portal.submit('/verify', { code: not(code) });
  }

  await portal.isAt('/register');
  await expect(portal.notice()).toContainText(/too many/);
  await expect(portal.notice()).toBeFocused();
  await expect(portal.field('/register', 'username')).toHaveValue(person.username);
  await expect(portal.field('/register', 'email')).toHaveValue(person.email);
  await expect(portal.field('/register', 'password')).toHaveValue('');

  // The right code is worth nothing any more.
  await portal.open('/verify');
  await portal.isAt('/register');
});

test('after a wrong code the right one still counts', async ({ portal, person, mailbox }) => {
  await portal.register(person);
  const code = await mailbox.code(person.email);

  await portal.enterCode(not(code));
  await portal.expectFieldError('/verify', 'code', /4 attempts left/);
  await expect(portal.field('/verify', 'code')).toHaveValue('');
  await portal.submit('/verify', { code });
  await portal.isAt('/login');
});

test('what cannot be a code is said to be none, and costs no try', async ({ portal, person, mailbox }) => {
  await portal.register(person);
  const code = await mailbox.code(person.email);

  await portal.submit('/verify');
  await portal.expectFieldError('/verify', 'code', /Enter the code from the email\./);
  await portal.submit('/verify', { code: '12345' });
  await portal.expectFieldError('/verify', 'code', /The code has 6 digits\./);
  await expect(portal.field('/verify', 'code')).toHaveValue('');
  await portal.enterCode(not(code));
  await portal.expectFieldError('/verify', 'code', /4 attempts left/);
});

test('another browser can neither use the code nor use up the tries', async ({ portal, person, mailbox, anotherBrowser }) => {
  await portal.register(person);
  const stranger = await anotherBrowser();
  await stranger.open('/verify');
  await stranger.isAt('/register');

  await portal.enterCode(await mailbox.code(person.email));
  await portal.isAt('/login');
});
