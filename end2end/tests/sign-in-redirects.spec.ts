import { expect, test } from '../fixtures/test';

test('the dashboard redirects to sign-in, which redirects back', async ({ portal, user }) => {
  await portal.open('/dashboard');
  await portal.expectPath('/login?next=/dashboard');
  await portal.signIn(user);
  await portal.expectPath('/dashboard');
});

test('a failed sign-in keeps the redirect target', async ({ portal, user }) => {
  await portal.open('/dashboard');
  await portal.signIn({ ...user, password: 'not the password' });
  await expect(portal.form('/login').getByRole('alert')).not.toBeEmpty();
  await expect(portal.field('/login', 'next')).toHaveValue('/dashboard');
  await portal.submit('/login', { password: user.password });
  await portal.expectPath('/dashboard');
});

for (const next of ['https://elsewhere.example/', '//elsewhere.example/', '/\\elsewhere.example/']) {
  test(`signing in never redirects to ${next}`, async ({ portal, user }) => {
    await portal.open(`/login?next=${encodeURIComponent(next)}`);
    await portal.signIn(user);
    await portal.expectPath('/dashboard');
  });
}

test('/verify redirects to the registration when none is pending', async ({ portal }) => {
  await portal.open('/verify');
  await portal.expectPath('/register');
});

test('a signed-in user is redirected to the dashboard', async ({ portal, user }) => {
  await portal.openAs(user);
  for (const path of ['/', '/login', '/register']) {
    await portal.open(path);
    await portal.expectPath('/dashboard');
  }
});
