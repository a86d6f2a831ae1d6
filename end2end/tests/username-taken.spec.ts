import { expect, test } from '../fixtures/test';
import { randomUser } from '../fixtures/user';

test('a username taken in the meantime can be changed without verifying the email again', async ({
  portal,
  newUser,
  mailbox,
  createAccount,
}) => {
  await portal.register(newUser);
  await createAccount({ ...randomUser(), username: newUser.username });

  await portal.enterCode(await mailbox.code(newUser.email));
  await portal.expectPath('/verify');
  await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('Choose another username');

  await portal.submit('/verify/username', { username: newUser.username });
  await portal.expectFieldError('/verify/username', 'username', /taken/);

  const { username } = randomUser();
  await portal.submit('/verify/username', { username });
  await portal.expectPath('/login');
  await portal.signIn({ ...newUser, username });
  await portal.expectPath('/dashboard');
});
