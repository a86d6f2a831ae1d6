import { expect, test } from '../fixtures/test';
import { fastResend } from '../servers';

test.describe('within a minute of the first code', () => {
  test('@no-js a code requested too early is refused with an explanation', async ({ portal, newUser, mailbox }) => {
    await portal.register(newUser);
    await portal.submit('/verify/resend');
    await portal.expectPath('/verify');
    await expect(portal.form('/verify/resend')).toContainText(/Try again in \d+ seconds/);
    expect(await mailbox.codes(newUser.email)).toHaveLength(1);
  });

  test('@hydrated the button counts down until another code can be requested', async ({ portal, newUser }) => {
    await portal.register(newUser);
    const button = portal.button('/verify/resend');
    await expect(button).toBeDisabled();
    await expect(button).toHaveText(/in 0:5\d/);
    const before = await button.textContent();
    await expect(button).not.toHaveText(before ?? '');
    await expect(button).toBeDisabled();
  });
});

test.describe('after the waiting time', () => {
  test.use({ baseURL: fastResend.url });

  for (const [which, index] of [['newer', 0], ['earlier', 1]] as const) {
    test(`the ${which} of two codes works`, async ({ portal, newUser, mailbox }) => {
      await portal.register(newUser);
      await mailbox.codes(newUser.email, 1);
      // Without JavaScript the button is always enabled, and the server rejects requests that are too early.
      await expect(async () => {
        await expect(portal.button('/verify/resend')).toBeEnabled();
        await portal.submit('/verify/resend');
        await expect(portal.notice()).toBeVisible({ timeout: 500 });
      }).toPass();
      const codes = await mailbox.codes(newUser.email, 2);
      await portal.enterCode(codes[index] ?? '');
      await portal.expectPath('/login');
    });
  }
});
