import { createHash } from 'node:crypto';

import { expectAccessible } from '../fixtures/accessibility';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';
import { minFillTime, realProofOfWork } from '../servers';

/** The value of the field with the solution: challenge, counter, digest. */
const SOLVED = /^([\w-]+)\.\d+\.[0-9a-f]{64}$/;

const captchaStatus = (portal: Portal, action = '/register') => portal.form(action).getByRole('status');
const captchaValue = (portal: Portal, action = '/register') => portal.field(action, 'captcha').inputValue();

async function expectSolved(portal: Portal, action = '/register'): Promise<void> {
  await expect(captchaStatus(portal, action)).toHaveText('Checked');
  expect(await captchaValue(portal, action)).toMatch(SOLVED);
}

/** Records the bodies of the POST requests that the page sends from now on. */
function recordPosts(portal: Portal): URLSearchParams[] {
  const sent: URLSearchParams[] = [];
  portal.page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(new URLSearchParams(request.postData() ?? ''));
  });
  return sent;
}

test.describe('@hydrated while the proof of work is paused, by the clock of the page,', () => {
  test.beforeEach(async ({ portal }) => {
    const now = Date.now();
    await portal.page.clock.install({ time: now });
    await portal.page.clock.pauseAt(now + 1_000);
    await portal.open('/register');
    await expect(captchaStatus(portal)).toHaveText('Checking this browser…');
    expect(await captchaValue(portal)).not.toMatch(SOLVED);
  });

  test('the form says that the check is running, and when it is done', async ({ portal }) => {
    await portal.page.clock.resume();
    await expectSolved(portal);
    await expectAccessible(portal);
  });

  test('a submitted form waits for the solution, and is then sent automatically, once', async ({ portal, newUser }) => {
    const sent = recordPosts(portal);
    await portal.fill('/register', { ...newUser });
    const button = portal.button('/register');
    await button.dblclick();
    await expect(button).toHaveAttribute('aria-disabled', 'true');
    await expect(button).toHaveAccessibleName('Checking…');
    await expect(captchaStatus(portal)).toHaveText('Checking…');
    expect(sent).toEqual([]);

    await portal.page.clock.resume();
    await portal.expectPath('/verify');
    expect(sent.map((post) => post.get('captcha'))).toEqual([expect.stringMatching(SOLVED)]);
    expect(sent[0]?.has('website'), 'only forms without JavaScript contain the honeypot field').toBe(false);
  });
});

test('@hydrated a rejected form gets a new challenge, and the second attempt succeeds', async ({ portal, newUser }) => {
  await portal.open('/register');
  await expectSolved(portal);
  const [first] = (await captchaValue(portal)).split('.');

  await portal.submit('/register', { ...newUser, username: 'x' });
  await portal.expectFieldError('/register', 'username', /Use at least 3 characters\./);
  await expect(portal.field('/register', 'captcha')).not.toHaveValue(new RegExp(`^${first}`));
  await expectSolved(portal);

  await portal.submit('/register', { username: newUser.username, password: newUser.password });
  await portal.expectPath('/verify');
});

test('@hydrated a page without a challenge uses the one in an error response', async ({ portal }) => {
  await portal.open('/login');
  await expect(captchaStatus(portal, '/login')).toBeHidden();
  expect(await captchaValue(portal, '/login')).toBe('');

  const seed = '5a'.repeat(32);
  const digest = createHash('sha256').update(Buffer.from(`${seed}00001388`, 'hex')).digest('hex');
  const powChallenge = { seed, prefix: digest.slice(0, 32), most: 100_000 };
  const captcha = { challenge: 'the-challenge', kind: { PowChallenge: powChallenge } };
  const errorResponse = { message: 'Please try once more.', fields: [], retry_after: null, captcha };
  const sent = recordPosts(portal);
  await portal.page.route('/login', (route) => route.fulfill({ status: 422, json: errorResponse }));

  const credentials = { identifier: 'somebody', password: 'something' };
  await portal.submit('/login', credentials);
  await expect(portal.form('/login').getByRole('alert')).toHaveText(errorResponse.message);
  await expect(captchaStatus(portal, '/login')).toHaveText('Checked');
  await portal.submit('/login', credentials);
  expect(sent.map((post) => post.get('captcha'))).toEqual(['', `the-challenge.5000.${digest}`]);
});

test('@hydrated a challenge without a solution does not block the form', async ({ portal }) => {
  const powChallenge = { seed: '00'.repeat(32), prefix: '00'.repeat(16), most: 10 };
  const captcha = { challenge: 'no-way', kind: { PowChallenge: powChallenge } };
  const errorResponse = { message: 'Please try once more.', fields: [], retry_after: null, captcha };
  const sent = recordPosts(portal);
  await portal.open('/login');
  await portal.page.route('/login', (route) => route.fulfill({ status: 422, json: errorResponse }));
  const credentials = { identifier: 'somebody', password: 'something' };
  await portal.submit('/login', credentials);
  await portal.submit('/login', credentials);
  await expect(captchaStatus(portal, '/login')).toBeHidden();
  expect(sent.map((post) => post.get('captcha'))).toEqual(['', 'no-way']);
});

/** Gives the registration form a proof of work that takes longer than the test. */
async function hardenProofOfWork({ page }: Portal, most: number): Promise<void> {
  await page.route('/register', async (route) => {
    const response = await route.fetch();
    const hard = (await response.text())
      .replace(/(?<=data-prefix=")[0-9a-f]+/, (prefix) => '0'.repeat(prefix.length))
      .replace(/(?<=data-most=")\d+/, String(most));
    await route.fulfill({ response, body: hard });
  });
}

test('@hydrated a screen reader announces the status once, and not every percent', async ({ portal }) => {
  await hardenProofOfWork(portal, 40_000_000);
  await portal.open('/register');
  const changes = await captchaStatus(portal).evaluateHandle((status) => {
    const texts: (string | null)[] = [];
    const record = () => texts.push(status.textContent);
    new MutationObserver(record).observe(status, { childList: true, characterData: true, subtree: true });
    return texts;
  });
  await expect(portal.form('/register').locator('.check .digits')).toHaveText(/^([3-9]|\d\d)%$/);
  expect(await changes.jsonValue()).toEqual([]);
});

test('@hydrated typing stays responsive during the proof of work', async ({ portal, newUser }) => {
  const { page } = portal;
  await hardenProofOfWork(portal, 400_000_000);
  await page.addInitScript(() => {
    const gaps: number[] = [];
    let last = performance.now();
    // Runs as soon as the main thread is free. A key press waits just as long.
    setInterval(() => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
    });
    Object.assign(window, { gaps });
  });
  await portal.open('/register');
  await expect(portal.form('/register').locator('.check .digits')).not.toHaveText('0%');
  const gaps = () => page.evaluate(() => (window as unknown as { gaps: number[] }).gaps.splice(0));
  // Discard the gaps from loading the page.
  await gaps();

  const field = portal.field('/register', 'username');
  await field.pressSequentially(newUser.username, { delay: 20 });
  await expect(field).toHaveValue(newUser.username);
  await expect(captchaStatus(portal)).toHaveText('Checking this browser…');
  // The search runs in slices of 10 ms. The test checks the median, because a busy machine sometimes delays the
  // browser itself.
  const sortedGaps = (await gaps()).sort((a, b) => a - b);
  expect(sortedGaps[Math.floor(sortedGaps.length / 2)]).toBeLessThan(50);
});

test.describe('with a minimum time to fill in a form', () => {
  test.use({ baseURL: minFillTime.url });

  test('@no-js a form submitted too quickly is rejected, and accepted later', async ({ portal, newUser }) => {
    await portal.open('/register');
    const ready = Date.now() + 4_100;
    await portal.submit('/register', { ...newUser });
    await portal.expectPath('/register');
    await expect(portal.form('/register')).toContainText(/Try again in \d+ seconds?\./);

    // Without JavaScript, the test cannot control the clock.
    await expect.poll(() => Date.now(), { message: 'the minimum time has passed' }).toBeGreaterThan(ready);
    await portal.submit('/register', { password: newUser.password });
    await portal.expectPath('/verify');
  });
});

test.describe('with the default difficulty', () => {
  test.use({ baseURL: realProofOfWork.url });

  test('@hydrated the proof of work takes a few seconds, and the form is accepted', async ({ portal, newUser }) => {
    await portal.open('/register');
    const maxHashes = await portal.field('/register', 'captcha').getAttribute('data-most');
    expect(Number(maxHashes), 'maximum number of hashes').toBeGreaterThanOrEqual(100_000);
    await expect(captchaStatus(portal)).toHaveText('Checked', { timeout: 30_000 });
    await expectSolved(portal);
    await portal.submit('/register', { ...newUser });
    await portal.expectPath('/verify');
  });
});

test('@no-js the honeypot field is hidden, and a form that fills it in is rejected', async ({ portal, newUser }) => {
  await portal.open('/register');
  const honeypot = portal.field('/register', 'website');
  await expect(honeypot).toBeAttached();
  await expect(honeypot).toBeHidden();
  await expect(captchaStatus(portal)).toBeHidden();

  await honeypot.evaluate((input: HTMLInputElement) => (input.value = 'https://example.com'));
  await portal.submit('/register', { ...newUser });
  await portal.expectPath('/register');
  await expect(portal.form('/register').getByRole('alert')).toContainText('Website');

  await portal.submit('/register', { password: newUser.password });
  await portal.expectPath('/verify');
});
