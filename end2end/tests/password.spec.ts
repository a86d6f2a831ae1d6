import { expect, test } from '../fixtures/test';

test('@hydrated the password can be shown, and is hidden again', async ({ portal }) => {
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

test('@no-js a button that could do nothing is not there', async ({ portal }) => {
  await portal.open('/login');
  await expect(portal.form('/login').getByRole('button', { name: 'Show password' })).toBeHidden();
});

test('fields tell password managers what they are for', async ({ portal, person }) => {
  const autocomplete = async (action: string, name: string) =>
    portal.field(action, name).getAttribute('autocomplete');

  await portal.open('/login');
  // With a word for passkeys, where the portal can have them.
  expect(await autocomplete('/login', 'identifier')).toMatch(/^username( webauthn)?$/);
  expect(await autocomplete('/login', 'password')).toBe('current-password');

  await portal.open('/register');
  expect(await autocomplete('/register', 'username')).toBe('username');
  expect(await autocomplete('/register', 'email')).toBe('email');
  expect(await autocomplete('/register', 'password')).toBe('new-password');

  await portal.register(person);
  const code = portal.field('/verify', 'code');
  await expect(code).toHaveAttribute('autocomplete', 'one-time-code');
  await expect(code).toHaveAttribute('inputmode', 'numeric');
  await expect(code).toHaveAttribute('type', 'text');
});
