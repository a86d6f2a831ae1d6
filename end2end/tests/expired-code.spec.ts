import type { Portal } from '../fixtures/portal';
import { newPerson } from '../fixtures/person';
import { shortLived } from '../servers';
import { expect, test } from '../fixtures/test';

test.use({ baseURL: shortLived.url });

/** When the code that the page asks for expires. */
async function expiry({ page }: Portal): Promise<number> {
  return Date.parse((await page.locator('main time').first().getAttribute('datetime')) ?? '');
}

// One test waits for the end of all these codes: each browser has its own registration.
test('after its time a code is refused, its page leads back, and the address can register again', async ({
  portal,
  person,
  mailbox,
  hydrated,
  anotherBrowser,
}) => {
  const [opens, begins] = [await anotherBrowser(), await anotherBrowser()];
  const [opener, beginner] = [newPerson(), newPerson()];
  await portal.register(person);
  const code = await mailbox.code(person.email);
  await opens.register(opener);
  await begins.register(beginner);
  const last = await expiry(begins);
  await expect.poll(() => Date.now() - last, { message: 'the codes expire', timeout: 15_000 }).toBeGreaterThan(1_000);

  if (hydrated) {
    await test.step('the card says so and offers to register again', async () => {
      await expect(portal.page.getByRole('heading', { name: 'Your code has expired' })).toBeVisible();
      await expect(portal.form('/verify')).toBeHidden();
      await expect(portal.form('/verify/resend')).toBeHidden();
      await portal.page.getByRole('link', { name: 'Start again' }).click();
      await portal.isAt('/register');
    });
  } else {
    await test.step('a code entered is refused, and the way back is kept', async () => {
      await portal.submit('/verify', { code });
      await portal.isAt('/register');
      await expect(portal.notice()).toContainText(/expired/);
      await expect(portal.field('/register', 'username')).toHaveValue(person.username);
      await expect(portal.field('/register', 'email')).toHaveValue(person.email);
    });
  }

  await test.step('its page leads back to the registration', async () => {
    await opens.open('/verify');
    await opens.isAt('/register');
    await expect(opens.notice()).toContainText(/expired/);
    await expect(opens.field('/register', 'email')).toHaveValue(opener.email);
  });

  await test.step('the same address registers again', async () => {
    await begins.register(beginner);
    const [newest] = await mailbox.codes(beginner.email, 2);
    await begins.enterCode(newest ?? '');
    await begins.isAt('/login');
  });
});
