import { quickResend } from '../servers';
import { expect, test } from '../fixtures/test';

test.describe('a minute apart', () => {
  test('@no-js a code asked for too early is refused in plain words', async ({ portal, person, mailbox }) => {
    await portal.register(person);
    await portal.submit('/verify/resend');
    await portal.isAt('/verify');
    await expect(portal.form('/verify/resend')).toContainText(/Try again in \d+ seconds/);
    expect(await mailbox.codes(person.email)).toHaveLength(1);
  });

  test('@hydrated the button counts down until another code may be asked for', async ({ portal, person }) => {
    await portal.register(person);
    const button = portal.button('/verify/resend');
    await expect(button).toBeDisabled();
    await expect(button).toHaveText(/in 0:5\d/);
    const before = await button.textContent();
    await expect(button).not.toHaveText(before ?? '');
    await expect(button).toBeDisabled();
  });
});

test.describe('when it is time', () => {
  test.use({ baseURL: quickResend.url });

  for (const [which, index] of [['newer', 0], ['earlier', 1]] as const) {
    test(`the ${which} of two codes works`, async ({ portal, person, mailbox }) => {
      await portal.register(person);
      await mailbox.codes(person.email, 1);
      // Without a script the button is always there to be pressed, and the server says whether it was too early.
      await expect(async () => {
        await expect(portal.button('/verify/resend')).toBeEnabled();
        await portal.submit('/verify/resend');
        await expect(portal.notice()).toBeVisible({ timeout: 500 });
      }).toPass();
      const codes = await mailbox.codes(person.email, 2);
      await portal.enterCode(codes[index] ?? '');
      await portal.isAt('/login');
    });
  }
});
