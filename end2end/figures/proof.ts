import { test } from '@playwright/test';

/**
 * Measures how long a browser takes to solve the proof of work on /register: the duration of the page's `captcha`
 * performance measure, which begins with the search and ends with the solution. Each round opens a new context, as
 * on a first visit. Prints one line of JSON. Environment variables: PORTAL_URL and ROUNDS.
 */
test('proof of work', async ({ browser, baseURL }) => {
  const rounds = Number(process.env.ROUNDS ?? 41);
  const times: number[] = [];
  let hashes = 0;
  for (let round = 0; round < rounds; round += 1) {
    const context = await browser.newContext({ baseURL });
    const page = await context.newPage();
    await page.goto('/register');
    await page.locator('.check[data-done]').waitFor({ timeout: 60_000 });
    const duration = await page.evaluate(() => performance.getEntriesByName('captcha', 'measure')[0]?.duration);
    const [, counter] = (await page.locator('#captcha').inputValue()).split('.');
    if (duration === undefined || counter === undefined) {
      throw new Error('The page has no performance measure or no solution.');
    }
    times.push(duration);
    hashes += Number(counter) + 1;
    await context.close();
  }
  times.sort((a, b) => a - b);
  const percentile = (share: number) => Math.round((times[Math.ceil(share * times.length) - 1] ?? NaN) * 10) / 10;
  const seconds = times.reduce((sum, time) => sum + time, 0) / 1_000;
  const report = {
    rounds,
    median_ms: percentile(0.5),
    p95_ms: percentile(0.95),
    hashes_per_second: Math.round(hashes / seconds),
  };
  console.log(JSON.stringify(report));
});
