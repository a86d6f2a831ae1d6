import { test } from '@playwright/test';

/**
 * How long a browser works on the proof of work of /register, from the mark
 * that the page sets when it begins to the measure it leaves when it has the
 * solution; each time in a context of its own, as on a first visit. Prints one
 * line of JSON. Set by the environment: PORTAL_URL, and ROUNDS.
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
    const took = await page.evaluate(() => performance.getEntriesByName('captcha', 'measure')[0]?.duration);
    const [, counter] = (await page.locator('#captcha').inputValue()).split('.');
    if (took === undefined || counter === undefined) throw new Error('The page left no measure or no answer.');
    times.push(took);
    hashes += Number(counter) + 1;
    await context.close();
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => Math.round((times[Math.ceil(share * times.length) - 1] ?? NaN) * 10) / 10;
  const seconds = times.reduce((sum, time) => sum + time, 0) / 1_000;
  const line = { rounds, median_ms: at(0.5), p95_ms: at(0.95), hashes_per_second: Math.round(hashes / seconds) };
  console.log(JSON.stringify(line));
});
