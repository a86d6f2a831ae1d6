import { newPerson } from '../fixtures/person';
import { expect, test } from '../fixtures/test';

test('a username that somebody took meanwhile is changed without proving the address again', async ({
  portal,
  person,
  mailbox,
  createAccount,
}) => {
  await portal.register(person);
  await createAccount({ ...newPerson(), username: person.username });

  await portal.enterCode(await mailbox.code(person.email));
  await portal.isAt('/verify');
  await expect(portal.page.getByRole('heading', { level: 1 })).toHaveText('Choose another username');

  await portal.submit('/verify/username', { username: person.username });
  await portal.expectFieldError('/verify/username', 'username', /taken/);

  const { username } = newPerson();
  await portal.submit('/verify/username', { username });
  await portal.isAt('/login');
  await portal.signIn({ ...person, username });
  await portal.isAt('/dashboard');
});
