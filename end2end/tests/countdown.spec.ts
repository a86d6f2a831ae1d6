import type { Locator } from '@playwright/test';

import { expect, test } from '../fixtures/test';

/** `4:07` as seconds. */
async function secondsShown(timer: Locator): Promise<number> {
  const [minutes, seconds] = ((await timer.textContent()) ?? '').trim().split(':').map(Number);
  return (minutes ?? NaN) * 60 + (seconds ?? NaN);
}

test('@hydrated a reload continues the countdown and does not restart it', async ({ portal, person }) => {
  await portal.register(person);
  const timer = portal.page.getByRole('timer');
  const first = await secondsShown(timer);
  expect(first).toBeLessThanOrEqual(300);
  expect(first).toBeGreaterThan(240);
  await expect.poll(() => secondsShown(timer)).toBeLessThanOrEqual(first - 3);

  await portal.page.reload();
  await portal.settled();
  const second = await secondsShown(timer);
  expect(second).toBeLessThanOrEqual(first - 3);
  expect(second).toBeGreaterThan(240);
});

test('@no-js the page says in words until when, and a reload says the same', async ({ portal, person }) => {
  await portal.register(person);
  const { page } = portal;
  const until = page.locator('main time');
  const datetime = await until.getAttribute('datetime');
  const end = new Date(datetime ?? '');
  const ahead = end.getTime() - Date.now();
  expect(ahead).toBeLessThanOrEqual(300_000);
  expect(ahead).toBeGreaterThan(240_000);
  const clock = `${end.toISOString().slice(11, 16)} UTC`;
  await expect(page.locator('main')).toContainText(`The code expires at ${clock}`);

  await page.reload();
  await expect(until).toHaveAttribute('datetime', datetime ?? '');
  await expect(page.locator('main')).toContainText(`The code expires at ${clock}`);
  await expect(page.getByRole('timer')).toBeHidden();
});

test('@hydrated the time of expiry is said in the reader’s own zone', async ({ portal, person }) => {
  await portal.register(person);
  const until = portal.page.locator('main time').first();
  const end = new Date((await until.getAttribute('datetime')) ?? '');
  const local = end.toLocaleTimeString('en-GB', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' });
  await expect(until).toHaveText(local);
});

test.describe('@hydrated with a clock that the test moves', () => {
  test.beforeEach(async ({ portal, person }) => {
    await portal.page.clock.install();
    await portal.register(person);
  });

  test('a screen reader hears 60 s, 30 s and the end, and nothing between', async ({ portal }) => {
    const { page } = portal;
    const timer = page.getByRole('timer');
    const spoken = page.locator('main [aria-live="polite"]').first();
    const leave = async (seconds: number) => {
      await page.clock.runFor(((await secondsShown(timer)) - seconds) * 1_000);
    };

    await expect(spoken).toBeEmpty();
    await leave(59);
    await expect(spoken).toHaveText('One minute left.');
    await leave(45);
    await expect(spoken).toBeEmpty();
    await leave(29);
    await expect(spoken).toHaveText('30 seconds left.');
    await leave(15);
    await expect(spoken).toBeEmpty();
    await page.clock.runFor(20_000);
    await expect(spoken).toHaveText('Your code has expired.');
    await expect(page.getByRole('heading', { name: 'Your code has expired' })).toBeVisible();
  });

  test('a tab that slept catches up', async ({ portal }) => {
    const { page } = portal;
    await page.clock.fastForward('10:00');
    await expect(page.getByRole('heading', { name: 'Your code has expired' })).toBeVisible();
    await expect(portal.form('/verify')).toBeHidden();
  });

  test('whoever was typing when the time ended is taken to the words that say so', async ({ portal }) => {
    const { page } = portal;
    await portal.field('/verify', 'code').focus();
    await page.clock.fastForward('10:00');
    await expect(page.getByRole('heading', { name: 'Your code has expired' })).toBeFocused();
  });
});
