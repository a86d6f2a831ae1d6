import { expect, test } from '../fixtures/test';
import { randomUser } from '../fixtures/user';

test('an empty registration form shows an error at every field', async ({ portal }) => {
  await portal.open('/register');
  await portal.submit('/register');
  await portal.expectPath('/register');
  await portal.expectFieldError('/register', 'username', /Enter a username\./);
  await portal.expectFieldError('/register', 'email', /Enter your email address\./);
  await portal.expectFieldError('/register', 'password', /Enter a password\./);
  await expect(portal.field('/register', 'username')).toBeFocused();
});

const invalidValues: [field: 'username' | 'email' | 'password', value: string, message: RegExp][] = [
  ['username', 'ab', /Use at least 3 characters\./],
  ['username', 'x'.repeat(33), /Use at most 32 characters\./],
  ['username', 'two words', /Use only the letters a–z, digits/],
  ['email', 'somebody@localhost', /Enter an email address like name@example\.com\./],
  ['email', `${'x'.repeat(250)}@example.com`, /Use an email address of at most 254 characters\./],
  ['password', 'seven77', /Use at least 8 characters\./],
  ['password', 'x'.repeat(129), /Use at most 128 characters\./],
  ['password', 'password1', /Try three or four random words\./],
];

for (const [field, value, message] of invalidValues) {
  const title = `${field} ${value.slice(0, 20)} shows an error at its field, and the other fields keep their values`;
  test(title, async ({ portal, newUser }) => {
    const values = { ...newUser, [field]: value };
    await portal.open('/register');
    await portal.submit('/register', values);

    await portal.expectPath('/register');
    await portal.expectFieldError('/register', field, message);
    await expect(portal.field('/register', field)).toBeFocused();
    await expect(portal.field('/register', 'username')).toHaveValue(values.username);
    await expect(portal.field('/register', 'email')).toHaveValue(values.email);
    await expect(portal.field('/register', 'password')).toHaveValue('');
    for (const other of ['username', 'email', 'password'].filter((name) => name !== field)) {
      await expect(portal.field('/register', other)).not.toHaveAttribute('aria-invalid');
    }
  });
}

test('a taken username shows an error at its field, regardless of case', async ({ portal, user }) => {
  await portal.open('/register');
  await portal.submit('/register', { ...randomUser(), username: user.username.toUpperCase() });
  await portal.expectPath('/register');
  await portal.expectFieldError('/register', 'username', /taken/);
});

test('a corrected form is accepted', async ({ portal, newUser }) => {
  await portal.open('/register');
  await portal.submit('/register', { ...newUser, username: 'x' });
  await portal.expectFieldError('/register', 'username', /Use at least 3 characters\./);
  await expect(portal.field('/register', 'password')).toHaveValue('');
  await portal.submit('/register', { username: newUser.username, password: newUser.password });
  await portal.expectPath('/verify');
});

test('a wrong password and an unknown username show the same error', async ({ portal, user }) => {
  const errorFor = async (identifier: string) => {
    await portal.open('/login');
    await portal.submit('/login', { identifier, password: 'not the password' });
    await portal.expectPath('/login');
    await expect(portal.field('/login', 'identifier')).toHaveValue(identifier);
    await expect(portal.field('/login', 'password')).toHaveValue('');
    const alert = portal.form('/login').getByRole('alert');
    await expect(alert).not.toBeEmpty();
    return alert.textContent();
  };
  expect(await errorFor(user.username)).toBe(await errorFor(randomUser().username));
});

test('an error is gone when the page is opened again', async ({ portal }) => {
  await portal.open('/register');
  await portal.submit('/register', { username: 'ab' });
  await portal.expectFieldError('/register', 'username', /Use at least 3 characters\./);
  await portal.open('/register');
  await expect(portal.field('/register', 'username')).not.toHaveAttribute('aria-invalid');
  await expect(portal.field('/register', 'username')).toHaveValue('');
});
