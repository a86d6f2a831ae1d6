import { expect, test } from '../fixtures/test';

test('the dashboard asks to sign in first, and is what comes after', async ({ portal, member }) => {
  await portal.open('/dashboard');
  await portal.isAt('/login?next=/dashboard');
  await portal.signIn(member);
  await portal.isAt('/dashboard');
});

test('a mistake while signing in does not forget where to go', async ({ portal, member }) => {
  await portal.open('/dashboard');
  await portal.signIn({ ...member, password: 'not the password' });
  await expect(portal.form('/login').getByRole('alert')).not.toBeEmpty();
  await expect(portal.field('/login', 'next')).toHaveValue('/dashboard');
  await portal.submit('/login', { password: member.password });
  await portal.isAt('/dashboard');
});

for (const next of ['https://elsewhere.example/', '//elsewhere.example/', '/\\elsewhere.example/']) {
  test(`signing in never leads to ${next}`, async ({ portal, member }) => {
    await portal.open(`/login?next=${encodeURIComponent(next)}`);
    await portal.signIn(member);
    await portal.isAt('/dashboard');
  });
}

test('there is nothing to verify without a registration', async ({ portal }) => {
  await portal.open('/verify');
  await portal.isAt('/register');
});

test('who is signed in is led to the dashboard', async ({ portal, member }) => {
  await portal.openAs(member);
  for (const path of ['/', '/login', '/register']) {
    await portal.open(path);
    await portal.isAt('/dashboard');
  }
});
