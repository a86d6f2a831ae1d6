import type { Locator } from '@playwright/test';

import { expectGoodLooks } from '../fixtures/looks';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';

const meter = ({ page }: Portal): Locator => page.locator('.meter');
const heard = (portal: Portal): Locator => meter(portal).locator('[aria-live="polite"]');

/** Waits until the meter shows a step, and what it says is the same to eye and ear. */
async function expectStep(portal: Portal, step: number, word: string): Promise<void> {
  await expect(meter(portal)).toHaveAttribute('data-step', String(step));
  await expect(heard(portal)).toHaveText(`Password strength: ${word}`);
}

async function expectNothingShown(portal: Portal): Promise<void> {
  await expect(meter(portal)).not.toHaveAttribute('data-step');
  await expect(meter(portal)).toHaveText('');
}

const steps: [password: string, step: number, word: string, advice: RegExp][] = [
  ['seven77', 1, 'Too weak', /Use at least 8 characters\./],
  ['grenouille', 1, 'Too weak', /This is a commonly used password\./],
  ['hotelzebra', 2, 'Weak', /This is similar to a commonly used password\./],
  ['hotelzebrax9', 3, 'Good', /Good$/],
  ['tumble rinse obelisk', 4, 'Strong', /Strong$/],
];

test('@hydrated the meter rises with the password and goes with it', async ({ portal }) => {
  await portal.open('/register');
  await expectNothingShown(portal);
  for (const [password, step, word, advice] of steps) {
    await portal.fill('/register', { password });
    await expectStep(portal, step, word);
    await expect(meter(portal)).toHaveText(advice);
  }
  await portal.field('/register', 'password').fill('');
  await expectNothingShown(portal);
});

for (const [password, step, word] of steps.slice(1)) {
  test(`@hydrated a meter at step ${step} can be read by everybody`, async ({ portal }) => {
    await portal.open('/register');
    await portal.fill('/register', { password });
    await expectStep(portal, step, word);
    await expectGoodLooks(portal);
  });
}

test('@hydrated what the meter refuses the form refuses, in the same words, and then it is empty', async ({ portal, person }) => {
  await portal.open('/register');
  await portal.fill('/register', { ...person, password: 'grenouille' });
  await expectStep(portal, 1, 'Too weak');
  await portal.submit('/register');
  await portal.expectFieldError('/register', 'password', /This is a commonly used password\. Try three or four random words/);
  await expectNothingShown(portal);

  await portal.fill('/register', { password: 'tumble rinse obelisk' });
  await expectStep(portal, 4, 'Strong');
  await portal.submit('/register');
  await portal.isAt('/verify');
});

test('@hydrated the meter knows the name and the address that were typed above', async ({ portal }) => {
  const password = 'gloriettenmargarithe';
  await portal.open('/register');
  await portal.fill('/register', { username: 'ann', email: 'ann@example.com', password });
  await expectStep(portal, 4, 'Strong');
  await portal.fill('/register', { email: `${password}@example.com`, password: `${password}1` });
  await expectStep(portal, 1, 'Too weak');
  await expect(meter(portal)).toContainText("Don't use your name, email or this site's name.");
});

test('@hydrated nothing moves while the meter comes and goes', async ({ portal }) => {
  await portal.open('/register');
  const top = async () => (await portal.button('/register').boundingBox())?.y;
  for (const width of [320, 768]) {
    await portal.page.setViewportSize({ width, height: 640 });
    await portal.fill('/register', { username: 'ann', password: '' });
    await expectNothingShown(portal);
    const before = await top();
    for (const [password, step, word] of [...steps, ['annannannann', 1, 'Too weak']] as typeof steps) {
      await portal.fill('/register', { password });
      await expectStep(portal, step, word);
      expect(await top(), `${width} px: ${password}`).toBe(before);
    }
  }
});

test('@hydrated the server is asked once typing pauses, once at a time, and the last word counts', async ({ portal }) => {
  const { page } = portal;
  const asked: (string | null)[] = [];
  let [waiting, most] = [0, 0];
  await page.route('**/password/strength', async (route) => {
    asked.push(new URLSearchParams(route.request().postData() ?? '').get('password'));
    waiting += 1;
    most = Math.max(most, waiting);
    await new Promise((later) => setTimeout(later, 1_000));
    waiting -= 1;
    await route.continue();
  });
  await portal.open('/register');
  const field = portal.field('/register', 'password');
  await field.pressSequentially('grenouille', { delay: 20 });
  await expect.poll(() => asked).toEqual(['grenouille']);
  await field.pressSequentially(' rinse obelisk', { delay: 20 });
  await expectStep(portal, 4, 'Strong');
  expect(asked).toEqual(['grenouille', 'grenouille rinse obelisk']);
  expect(most, 'questions at the same time').toBe(1);
});

test('@hydrated a meter that cannot ask is silent, and the form works without it', async ({ portal, person }) => {
  let status = 429;
  await portal.page.route('**/password/strength', (route) => route.fulfill({ status, body: 'no' }));
  await portal.open('/register');
  for (const answer of [429, 200]) {
    status = answer;
    const refused = portal.page.waitForResponse('**/password/strength');
    await portal.fill('/register', { password: `tumble rinse obelisk ${status}` });
    await refused;
    await expectNothingShown(portal);
  }
  await portal.submit('/register', { ...person });
  await portal.isAt('/verify');
});

test('@no-js a meter that nothing would fill is not there', async ({ portal }) => {
  await portal.open('/register');
  await expect(meter(portal)).toBeHidden();
  expect(await meter(portal).boundingBox(), 'nor is its place').toBeNull();
});

test('nobody chooses a password to sign in', async ({ portal }) => {
  await portal.open('/login');
  await expect(meter(portal)).toHaveCount(0);
});
