import { shortLived } from '../servers';
import { expect, test } from '../fixtures/test';

test.use({ baseURL: shortLived.url });

/** Until the moment that the page names as the end of the code, by the clock on the wall. */
async function untilExpiry(datetime: string | null): Promise<void> {
  const end = Date.parse(datetime ?? '');
  await expect.poll(() => Date.now() - end, { message: 'the code expires', timeout: 15_000 }).toBeGreaterThan(1_000);
}

test('@no-js a code entered after its time is refused, and the way back is kept', async ({ portal, person, mailbox }) => {
  await portal.register(person);
  const code = await mailbox.code(person.email);
  await untilExpiry(await portal.page.locator('main time').getAttribute('datetime'));

  await portal.submit('/verify', { code });
  await portal.isAt('/register');
  await expect(portal.notice()).toContainText(/expired/);
  await expect(portal.field('/register', 'username')).toHaveValue(person.username);
  await expect(portal.field('/register', 'email')).toHaveValue(person.email);
});

test('after its time, the page of a code leads back to the registration', async ({ portal, person }) => {
  await portal.register(person);
  await untilExpiry(await portal.page.locator('main time').getAttribute('datetime'));

  await portal.open('/verify');
  await portal.isAt('/register');
  await expect(portal.notice()).toContainText(/expired/);
  await expect(portal.field('/register', 'email')).toHaveValue(person.email);
});

test('@hydrated at 0:00 the card says so and offers to register again', async ({ portal, person }) => {
  await portal.register(person);
  await expect(portal.page.getByRole('heading', { name: 'Your code has expired' })).toBeVisible();
  await expect(portal.form('/verify')).toBeHidden();
  await expect(portal.form('/verify/resend')).toBeHidden();

  await portal.page.getByRole('link', { name: 'Start again' }).click();
  await portal.isAt('/register');
});

test('an expired registration can be begun again with the same address', async ({ portal, person, mailbox }) => {
  await portal.register(person);
  await untilExpiry(await portal.page.locator('main time').getAttribute('datetime'));
  await portal.register(person);
  const [newest] = await mailbox.codes(person.email, 2);
  await portal.enterCode(newest ?? '');
  await portal.isAt('/login');
});
