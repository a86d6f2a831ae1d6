import { expect, test } from '../fixtures/test';

test('a user registers, verifies the email, signs in, sees the dashboard and signs out', async ({
  portal,
  newUser,
  mailbox,
}) => {
  const { page } = portal;

  await portal.open('/');
  await page.getByRole('link', { name: 'Create account' }).click();
  await portal.expectPath('/register');
  await portal.submit('/register', { ...newUser });

  await portal.expectPath('/verify');
  await expect(page.locator('main')).toContainText(newUser.email);
  await portal.enterCode(await mailbox.code(newUser.email));

  await portal.expectPath('/login');
  await expect(portal.notice()).toBeVisible();
  await portal.signIn(newUser);

  await portal.expectPath('/dashboard');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(newUser.username);
  await expect(page.locator('main')).toContainText(newUser.email);
  await portal.signOut();

  await portal.open('/dashboard');
  await portal.expectPath('/login?next=/dashboard');
});

test('a user can sign in with the email, regardless of case', async ({ portal, user }) => {
  await portal.open('/login');
  await portal.submit('/login', { identifier: user.email.toUpperCase(), password: user.password });
  await portal.expectPath('/dashboard');
});

test('spaces and hyphens in a code are ignored', async ({ portal, newUser, mailbox }) => {
  await portal.register(newUser);
  const code = await mailbox.code(newUser.email);
  await portal.enterCode(`${code.slice(0, 3)} - ${code.slice(3)}`);
  await portal.expectPath('/login');
});

test('@hydrated entering the sixth digit submits the code, once', async ({ portal, newUser, mailbox }) => {
  await portal.register(newUser);
  const code = await mailbox.code(newUser.email);
  const posts: string[] = [];
  portal.page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(new URL(request.url()).pathname);
  });

  const field = portal.field('/verify', 'code');
  await field.pressSequentially(code);
  await portal.expectPath('/login');
  expect(posts).toEqual(['/verify']);
});

test('@hydrated a double click registers once', async ({ portal, newUser }) => {
  await portal.open('/register');
  await portal.fill('/register', { ...newUser });
  let posts = 0;
  portal.page.on('request', (request) => {
    // Ignore the requests of the password meter.
    if (request.method() === 'POST' && new URL(request.url()).pathname === '/register') posts += 1;
  });

  await portal.button('/register').dblclick();
  await portal.expectPath('/verify');
  expect(posts).toBe(1);
});
