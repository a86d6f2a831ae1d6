import type { Locator } from '@playwright/test';

import { expectAccessible } from '../fixtures/accessibility';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';

const meter = ({ page }: Portal): Locator => page.locator('.meter');
const announcement = (portal: Portal): Locator => meter(portal).locator('[aria-live="polite"]');

/** Waits until the meter shows a step and announces the same to screen readers. */
async function expectStep(portal: Portal, step: number, label: string): Promise<void> {
  await expect(meter(portal)).toHaveAttribute('data-step', String(step));
  await expect(announcement(portal)).toHaveText(`Password strength: ${label}`);
}

async function expectEmptyMeter(portal: Portal): Promise<void> {
  await expect(meter(portal)).not.toHaveAttribute('data-step');
  await expect(meter(portal)).toHaveText('');
}

const steps: [password: string, step: number, label: string, advice: RegExp][] = [
  ['seven77', 1, 'Too weak', /Use at least 8 characters\./],
  ['grenouille', 1, 'Too weak', /This is a commonly used password\./],
  ['hotelzebra', 2, 'Weak', /This is similar to a commonly used password\./],
  ['hotelzebrax9', 3, 'Good', /Good$/],
  ['tumble rinse obelisk', 4, 'Strong', /Strong$/],
];

test('@hydrated the meter follows the password and disappears with it', async ({ portal }) => {
  await portal.open('/register');
  await expectEmptyMeter(portal);
  for (const [password, step, label, advice] of steps) {
    await portal.fill('/register', { password });
    await expectStep(portal, step, label);
    await expect(meter(portal)).toHaveText(advice);
  }
  await portal.field('/register', 'password').fill('');
  await expectEmptyMeter(portal);
});

for (const [password, step, label] of steps.slice(1)) {
  test(`@hydrated the meter at step ${step} is accessible`, async ({ portal }) => {
    await portal.open('/register');
    await portal.fill('/register', { password });
    await expectStep(portal, step, label);
    await expectAccessible(portal);
  });
}

test('@hydrated the form and the meter reject the same password for the same reason', async ({ portal, newUser }) => {
  await portal.open('/register');
  await portal.fill('/register', { ...newUser, password: 'grenouille' });
  await expectStep(portal, 1, 'Too weak');
  await portal.submit('/register');
  const error = /This is a commonly used password\. Try three or four random words/;
  await portal.expectFieldError('/register', 'password', error);
  await expectEmptyMeter(portal);

  await portal.fill('/register', { password: 'tumble rinse obelisk' });
  await expectStep(portal, 4, 'Strong');
  await portal.submit('/register');
  await portal.expectPath('/verify');
});

test('@hydrated the meter takes the username and the email into account', async ({ portal }) => {
  const password = 'gloriettenmargarithe';
  await portal.open('/register');
  await portal.fill('/register', { username: 'ann', email: 'ann@example.com', password });
  await expectStep(portal, 4, 'Strong');
  await portal.fill('/register', { email: `${password}@example.com`, password: `${password}1` });
  await expectStep(portal, 1, 'Too weak');
  await expect(meter(portal)).toContainText("Don't use your name, email or this site's name.");
});

for (const width of [320, 768]) {
  test(`@hydrated the layout does not shift when the meter changes, at ${width} px`, async ({ portal }) => {
    await portal.page.setViewportSize({ width, height: 640 });
    await portal.open('/register');
    // In the document: filling in a field may scroll the page.
    const button = portal.button('/register');
    const buttonTop = () => button.evaluate((element) => element.getBoundingClientRect().top + window.scrollY);
    await portal.fill('/register', { username: 'ann' });
    await expectEmptyMeter(portal);
    const before = await buttonTop();
    for (const [password, step, label] of [...steps, ['annannannann', 1, 'Too weak']] as typeof steps) {
      await portal.fill('/register', { password });
      await expectStep(portal, step, label);
      expect(await buttonTop(), password).toBe(before);
    }
    await portal.fill('/register', { password: '' });
    await expectEmptyMeter(portal);
    expect(await buttonTop(), 'no password').toBe(before);
  });
}

test('@hydrated the meter sends one request at a time when typing pauses, and shows the last', async ({ portal }) => {
  const { page } = portal;
  const requested: (string | null)[] = [];
  let [pending, maxPending] = [0, 0];
  await page.route('**/password/strength', async (route) => {
    requested.push(new URLSearchParams(route.request().postData() ?? '').get('password'));
    pending += 1;
    maxPending = Math.max(maxPending, pending);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    pending -= 1;
    await route.continue();
  });
  await portal.open('/register');
  const field = portal.field('/register', 'password');
  await field.pressSequentially('grenouille', { delay: 20 });
  await expect.poll(() => requested).toEqual(['grenouille']);
  await field.pressSequentially(' rinse obelisk', { delay: 20 });
  await expectStep(portal, 4, 'Strong');
  expect(requested).toEqual(['grenouille', 'grenouille rinse obelisk']);
  expect(maxPending, 'simultaneous requests').toBe(1);
});

test('@hydrated the meter stays empty if its request fails, and the form still works', async ({ portal, newUser }) => {
  let status = 429;
  await portal.page.route('**/password/strength', (route) => route.fulfill({ status, body: 'no' }));
  await portal.open('/register');
  for (const nextStatus of [429, 200]) {
    status = nextStatus;
    const responded = portal.page.waitForResponse('**/password/strength');
    await portal.fill('/register', { password: `tumble rinse obelisk ${status}` });
    await responded;
    await expectEmptyMeter(portal);
  }
  await portal.submit('/register', { ...newUser });
  await portal.expectPath('/verify');
});

test('@no-js the meter is hidden', async ({ portal }) => {
  await portal.open('/register');
  await expect(meter(portal)).toBeHidden();
  expect(await meter(portal).boundingBox(), 'the meter takes up no space').toBeNull();
});

test('the sign-in page has no meter', async ({ portal }) => {
  await portal.open('/login');
  await expect(meter(portal)).toHaveCount(0);
});
