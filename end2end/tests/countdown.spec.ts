import type { Locator } from '@playwright/test';

import { expect, test } from '../fixtures/test';

/** Returns the seconds left: 247 for `4:07`. */
async function secondsLeft(timer: Locator): Promise<number> {
  const [minutes, seconds] = ((await timer.textContent()) ?? '').trim().split(':').map(Number);
  return (minutes ?? NaN) * 60 + (seconds ?? NaN);
}

test('@hydrated a reload continues the countdown instead of restarting it', async ({ portal, newUser }) => {
  await portal.register(newUser);
  const timer = portal.page.getByRole('timer');
  const first = await secondsLeft(timer);
  expect(first).toBeLessThanOrEqual(300);
  expect(first).toBeGreaterThan(240);
  await expect.poll(() => secondsLeft(timer)).toBeLessThanOrEqual(first - 3);

  await portal.page.reload();
  await portal.waitForHydration();
  const second = await secondsLeft(timer);
  expect(second).toBeLessThanOrEqual(first - 3);
  expect(second).toBeGreaterThan(240);
});

test('@no-js the page shows when the code expires, and a reload shows the same time', async ({ portal, newUser }) => {
  await portal.register(newUser);
  const { page } = portal;
  const expiryTime = page.locator('main time');
  const datetime = await expiryTime.getAttribute('datetime');
  const end = new Date(datetime ?? '');
  const remaining = end.getTime() - Date.now();
  expect(remaining).toBeLessThanOrEqual(300_000);
  expect(remaining).toBeGreaterThan(240_000);
  const clock = `${end.toISOString().slice(11, 16)} UTC`;
  await expect(page.locator('main')).toContainText(`The code expires at ${clock}`);

  await page.reload();
  await expect(expiryTime).toHaveAttribute('datetime', datetime ?? '');
  await expect(page.locator('main')).toContainText(`The code expires at ${clock}`);
  await expect(page.getByRole('timer')).toBeHidden();
});

test('@hydrated the expiry time is shown in the browser’s time zone', async ({ portal, newUser }) => {
  await portal.register(newUser);
  const expiryTime = portal.page.locator('main time').first();
  const end = new Date((await expiryTime.getAttribute('datetime')) ?? '');
  const local = end.toLocaleTimeString('en-GB', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' });
  await expect(expiryTime).toHaveText(local);
});

test.describe('@hydrated with a mock clock', () => {
  test.beforeEach(async ({ portal, newUser }) => {
    await portal.page.clock.install();
    await portal.register(newUser);
  });

  test('screen readers announce 60 s, 30 s and the end, and nothing in between', async ({ portal }) => {
    const { page } = portal;
    const timer = page.getByRole('timer');
    const announcement = page.locator('main [aria-live="polite"]').first();
    const runUntilLeft = async (seconds: number) => {
      await page.clock.runFor(((await secondsLeft(timer)) - seconds) * 1_000);
    };

    await expect(announcement).toBeEmpty();
    await runUntilLeft(59);
    await expect(announcement).toHaveText('One minute left.');
    await runUntilLeft(45);
    await expect(announcement).toBeEmpty();
    await runUntilLeft(29);
    await expect(announcement).toHaveText('30 seconds left.');
    await runUntilLeft(15);
    await expect(announcement).toBeEmpty();
    await page.clock.runFor(20_000);
    await expect(announcement).toHaveText('Your code has expired.');
    await expect(page.getByRole('heading', { name: 'Your code has expired' })).toBeVisible();
  });

  test('a tab that was suspended catches up', async ({ portal }) => {
    const { page } = portal;
    await page.clock.fastForward('10:00');
    await expect(page.getByRole('heading', { name: 'Your code has expired' })).toBeVisible();
    await expect(portal.form('/verify')).toBeHidden();
  });

  test('focus moves from the code field to the heading when the code expires', async ({ portal }) => {
    const { page } = portal;
    await portal.field('/verify', 'code').focus();
    await page.clock.fastForward('10:00');
    await expect(page.getByRole('heading', { name: 'Your code has expired' })).toBeFocused();
  });
});
