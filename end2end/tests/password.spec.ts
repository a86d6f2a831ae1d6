import { expect, test } from '../fixtures/test';

test('@hydrated the password can be shown and hidden again', async ({ portal }) => {
  await portal.open('/login');
  const field = portal.field('/login', 'password');
  const show = portal.form('/login').getByRole('button', { name: 'Show password' });
  await field.fill('something');
  await expect(show).toHaveAttribute('aria-pressed', 'false');

  await show.click();
  await expect(show).toHaveAttribute('aria-pressed', 'true');
  await expect(field).toHaveAttribute('type', 'text');
  await expect(field).toHaveValue('something');

  await show.click();
  await expect(field).toHaveAttribute('type', 'password');
});

test('@no-js the button to show the password is hidden', async ({ portal }) => {
  await portal.open('/login');
  await expect(portal.form('/login').getByRole('button', { name: 'Show password' })).toBeHidden();
});

test('fields have autocomplete attributes for password managers', async ({ portal, newUser }) => {
  const autocomplete = async (action: string, name: string) =>
    portal.field(action, name).getAttribute('autocomplete');

  await portal.open('/login');
  // Includes `webauthn` where passkeys are available.
  expect(await autocomplete('/login', 'identifier')).toMatch(/^username( webauthn)?$/);
  expect(await autocomplete('/login', 'password')).toBe('current-password');

  await portal.open('/register');
  expect(await autocomplete('/register', 'username')).toBe('username');
  expect(await autocomplete('/register', 'email')).toBe('email');
  expect(await autocomplete('/register', 'password')).toBe('new-password');

  await portal.register(newUser);
  const code = portal.field('/verify', 'code');
  await expect(code).toHaveAttribute('autocomplete', 'one-time-code');
  await expect(code).toHaveAttribute('inputmode', 'numeric');
  await expect(code).toHaveAttribute('type', 'text');
});
