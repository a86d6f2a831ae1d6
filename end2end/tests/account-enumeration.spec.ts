import { expect, test } from '../fixtures/test';
import { randomUser } from '../fixtures/user';

/** Returns the text of a page without the parts that differ between any two registrations. */
function comparable(text: string, email: string): string {
  const normalized = text.replaceAll(email, 'EMAIL').replace(/\d?\d:\d\d/g, 'TIME');
  // The progress of the proof of work for another code.
  return normalized.replace(/Checked|Checking this browser…\s*(\d+%)?/, 'CHECK').replace(/\s+/g, ' ');
}

test('the registration does not reveal that an email has an account', async ({
  portal,
  user,
  mailbox,
  anotherBrowser,
}) => {
  const otherUser = randomUser();
  await portal.register(otherUser);

  const attacker = await anotherBrowser();
  await attacker.register({ ...randomUser(), email: user.email });
  // The texts differ while only one of the pages has run its script.
  await expect(async () => {
    const page = comparable(await portal.page.locator('body').innerText(), otherUser.email);
    expect(comparable(await attacker.page.locator('body').innerText(), user.email)).toBe(page);
  }).toPass();

  // The first email is the code of the registration, the second is the notice.
  const [newest] = await mailbox.subjects(user.email, 2);
  expect(newest).toMatch(/^You already have an? .*account/);
});
