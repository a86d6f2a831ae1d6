import { expect, test } from '../fixtures/test';

/** Returns a code that differs from this one. */
function wrongCode(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

test('each wrong code uses an attempt, and the fifth ends the registration', async ({ portal, newUser, mailbox }) => {
  await portal.register(newUser);
  const code = await mailbox.code(newUser.email);

  await portal.enterCode(wrongCode(code));
  for (const left of ['4 attempts', '3 attempts', '2 attempts', '1 attempt']) {
    const error = new RegExp(`That code is incorrect or has expired\\. ${left} left\\.`);
    await portal.expectFieldError('/verify', 'code', error);
    await expect(portal.field('/verify', 'code')).toHaveValue('');
    await portal.submit('/verify', { code: wrongCode(code) });
  }

  await portal.expectPath('/register');
  await expect(portal.notice()).toContainText(/too many/);
  await expect(portal.notice()).toBeFocused();
  await expect(portal.field('/register', 'username')).toHaveValue(newUser.username);
  await expect(portal.field('/register', 'email')).toHaveValue(newUser.email);
  await expect(portal.field('/register', 'password')).toHaveValue('');

  // The correct code no longer works.
  await portal.open('/verify');
  await portal.expectPath('/register');
});

test('after a wrong code the correct one still works', async ({ portal, newUser, mailbox }) => {
  await portal.register(newUser);
  const code = await mailbox.code(newUser.email);

  await portal.enterCode(wrongCode(code));
  await portal.expectFieldError('/verify', 'code', /4 attempts left/);
  await expect(portal.field('/verify', 'code')).toHaveValue('');
  await portal.submit('/verify', { code });
  await portal.expectPath('/login');
});

test('a malformed code shows an error and uses no attempt', async ({ portal, newUser, mailbox }) => {
  await portal.register(newUser);
  const code = await mailbox.code(newUser.email);

  await portal.submit('/verify');
  await portal.expectFieldError('/verify', 'code', /Enter the code from the email\./);
  await portal.submit('/verify', { code: '12345' });
  await portal.expectFieldError('/verify', 'code', /The code has 6 digits\./);
  await expect(portal.field('/verify', 'code')).toHaveValue('');
  await portal.enterCode(wrongCode(code));
  await portal.expectFieldError('/verify', 'code', /4 attempts left/);
});

test('another browser can use neither the code nor its attempts', async ({
  portal,
  newUser,
  mailbox,
  anotherBrowser,
}) => {
  await portal.register(newUser);
  const otherBrowser = await anotherBrowser();
  await otherBrowser.open('/verify');
  await otherBrowser.expectPath('/register');

  await portal.enterCode(await mailbox.code(newUser.email));
  await portal.expectPath('/login');
});
