import { newPerson } from '../fixtures/person';
import { expect, test } from '../fixtures/test';

test('an empty registration hears about every field', async ({ portal }) => {
  await portal.open('/register');
  await portal.submit('/register');
  await portal.isAt('/register');
  await portal.expectFieldError('/register', 'username', /Enter a username\./);
  await portal.expectFieldError('/register', 'email', /Enter your email address\./);
  await portal.expectFieldError('/register', 'password', /Enter a password\./);
  await expect(portal.field('/register', 'username')).toBeFocused();
});

const mistakes: [field: 'username' | 'email' | 'password', typed: string, message: RegExp][] = [
  ['username', 'ab', /Use at least 3 characters\./],
  ['username', 'x'.repeat(33), /Use at most 32 characters\./],
  ['username', 'two words', /Use only the letters a–z, digits/],
  ['email', 'somebody@localhost', /Enter an email address like name@example\.com\./],
  ['email', `${'x'.repeat(250)}@example.com`, /Use an email address of at most 254 characters\./],
  ['password', 'seven77', /Use at least 8 characters\./],
  ['password', 'x'.repeat(129), /Use at most 128 characters\./],
  ['password', 'password1', /Try three or four random words\./],
];

for (const [field, typed, message] of mistakes) {
  test(`${field} ${typed.slice(0, 20)} is refused beside its field, and the rest is kept`, async ({ portal, person }) => {
    const values = { ...person, [field]: typed };
    await portal.open('/register');
    await portal.submit('/register', values);

    await portal.isAt('/register');
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

test('a taken username is refused beside its field, whatever its case', async ({ portal, member }) => {
  await portal.open('/register');
  await portal.submit('/register', { ...newPerson(), username: member.username.toUpperCase() });
  await portal.isAt('/register');
  await portal.expectFieldError('/register', 'username', /taken/);
});

test('a mended form goes through', async ({ portal, person }) => {
  await portal.open('/register');
  await portal.submit('/register', { ...person, username: 'x' });
  await portal.expectFieldError('/register', 'username', /Use at least 3 characters\./);
  await expect(portal.field('/register', 'password')).toHaveValue('');
  await portal.submit('/register', { username: person.username, password: person.password });
  await portal.isAt('/verify');
});

test('a wrong password and an unknown name are refused in the same words', async ({ portal, member }) => {
  const refusal = async (identifier: string) => {
    await portal.open('/login');
    await portal.submit('/login', { identifier, password: 'not the password' });
    await portal.isAt('/login');
    await expect(portal.field('/login', 'identifier')).toHaveValue(identifier);
    await expect(portal.field('/login', 'password')).toHaveValue('');
    const alert = portal.form('/login').getByRole('alert');
    await expect(alert).not.toBeEmpty();
    return alert.textContent();
  };
  expect(await refusal(member.username)).toBe(await refusal(newPerson().username));
});

test('a message is gone after the page is opened anew', async ({ portal }) => {
  await portal.open('/register');
  await portal.submit('/register', { username: 'ab' });
  await portal.expectFieldError('/register', 'username', /Use at least 3 characters\./);
  await portal.open('/register');
  await expect(portal.field('/register', 'username')).not.toHaveAttribute('aria-invalid');
  await expect(portal.field('/register', 'username')).toHaveValue('');
});
