import { newPerson } from '../fixtures/person';
import { expect, test } from '../fixtures/test';

/** What a page says, less what differs between any two registrations. */
function comparable(text: string, email: string): string {
  const fixed = text.replaceAll(email, 'EMAIL').replace(/\d?\d:\d\d/g, 'TIME');
  // How far the browser is with the proof of work for another code.
  return fixed.replace(/Checked|Checking this browser…\s*(\d+%)?/, 'CHECK').replace(/\s+/g, ' ');
}

test('an address that has an account is not given away', async ({ portal, member, mailbox, anotherBrowser }) => {
  const stranger = newPerson();
  await portal.register(stranger);
  const page = comparable(await portal.page.locator('body').innerText(), stranger.email);

  const prober = await anotherBrowser();
  await prober.register({ ...newPerson(), email: member.email });
  expect(comparable(await prober.page.locator('body').innerText(), member.email)).toBe(page);

  // One mail with the code, from the time of registration, and this one.
  const [newest] = await mailbox.subjects(member.email, 2);
  expect(newest).toMatch(/^You already have an? .*account/);
});
