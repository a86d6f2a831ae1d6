import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';
import { randomUser } from '../fixtures/user';
import { shortCodeLifetime } from '../servers';

test.use({ baseURL: shortCodeLifetime.url });

/** Returns the time at which the code that the page asks for expires. */
async function expiry({ page }: Portal): Promise<number> {
  return Date.parse((await page.locator('main time').first().getAttribute('datetime')) ?? '');
}

// One test covers several cases, each in a browser with its own registration, so that it waits only once.
test('an expired code is rejected, /verify redirects to the registration, and the email can register again', async ({
  portal,
  newUser,
  mailbox,
  hydrated,
  anotherBrowser,
}) => {
  const [reloading, restarting] = [await anotherBrowser(), await anotherBrowser()];
  const [reloadingUser, restartingUser] = [randomUser(), randomUser()];
  await portal.register(newUser);
  const code = await mailbox.code(newUser.email);
  await reloading.register(reloadingUser);
  await restarting.register(restartingUser);
  const last = await expiry(restarting);
  await expect
    .poll(() => Date.now() - last, { message: 'the codes have expired', timeout: 15_000 })
    .toBeGreaterThan(1_000);

  if (hydrated) {
    await test.step('the page says that the code expired and offers to start again', async () => {
      await expect(portal.page.getByRole('heading', { name: 'Your code has expired' })).toBeVisible();
      await expect(portal.form('/verify')).toBeHidden();
      await expect(portal.form('/verify/resend')).toBeHidden();
      await portal.page.getByRole('link', { name: 'Start again' }).click();
      await portal.expectPath('/register');
    });
  } else {
    await test.step('the code is rejected, and the registration form is filled in again', async () => {
      await portal.submit('/verify', { code });
      await portal.expectPath('/register');
      await expect(portal.notice()).toContainText(/expired/);
      await expect(portal.field('/register', 'username')).toHaveValue(newUser.username);
      await expect(portal.field('/register', 'email')).toHaveValue(newUser.email);
    });
  }

  await test.step('/verify redirects to the registration', async () => {
    await reloading.open('/verify');
    await reloading.expectPath('/register');
    await expect(reloading.notice()).toContainText(/expired/);
    await expect(reloading.field('/register', 'email')).toHaveValue(reloadingUser.email);
  });

  await test.step('the same email registers again', async () => {
    await restarting.register(restartingUser);
    const [newest] = await mailbox.codes(restartingUser.email, 2);
    await restarting.enterCode(newest ?? '');
    await restarting.expectPath('/login');
  });
});
