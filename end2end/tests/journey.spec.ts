import { expect, test } from '../fixtures/test';

test('a newcomer registers, proves the address, signs in, sees the dashboard and signs out', async ({
  portal,
  person,
  mailbox,
}) => {
  const { page } = portal;

  await portal.open('/');
  await page.getByRole('link', { name: 'Create account' }).click();
  await portal.isAt('/register');
  await portal.submit('/register', { ...person });

  await portal.isAt('/verify');
  await expect(page.locator('main')).toContainText(person.email);
  await portal.enterCode(await mailbox.code(person.email));

  await portal.isAt('/login');
  await expect(portal.notice()).toBeVisible();
  await portal.signIn(person);

  await portal.isAt('/dashboard');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(person.username);
  await expect(page.locator('main')).toContainText(person.email);
  await portal.signOut();

  await portal.open('/dashboard');
  await portal.isAt('/login?next=/dashboard');
});

test('an account opens by its address as well, in any case', async ({ portal, member }) => {
  await portal.open('/login');
  await portal.submit('/login', { identifier: member.email.toUpperCase(), password: member.password });
  await portal.isAt('/dashboard');
});

test('spaces and hyphens in a code do not matter', async ({ portal, person, mailbox }) => {
  await portal.register(person);
  const code = await mailbox.code(person.email);
  await portal.enterCode(`${code.slice(0, 3)} - ${code.slice(3)}`);
  await portal.isAt('/login');
});

test('@hydrated the sixth digit sends the code, once', async ({ portal, person, mailbox }) => {
  await portal.register(person);
  const code = await mailbox.code(person.email);
  const posts: string[] = [];
  portal.page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(new URL(request.url()).pathname);
  });

  const field = portal.field('/verify', 'code');
  await field.pressSequentially(code);
  await portal.isAt('/login');
  expect(posts).toEqual(['/verify']);
});

test('@hydrated an impatient double click registers once', async ({ portal, person }) => {
  await portal.open('/register');
  await portal.fill('/register', { ...person });
  let posts = 0;
  portal.page.on('request', (request) => {
    // The strength of the password is asked for beside it.
    if (request.method() === 'POST' && new URL(request.url()).pathname === '/register') posts += 1;
  });

  await portal.button('/register').dblclick();
  await portal.isAt('/verify');
  expect(posts).toBe(1);
});
