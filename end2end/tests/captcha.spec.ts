import { createHash } from 'node:crypto';

import { expectGoodLooks } from '../fixtures/looks';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';
import { fullProof, strict } from '../servers';

/** What the field holds once the sum is worked out: challenge, counter, digest. */
const SOLVED = /^([\w-]+)\.\d+\.[0-9a-f]{64}$/;

const check = (portal: Portal, action = '/register') => portal.form(action).getByRole('status');
const answer = (portal: Portal, action = '/register') => portal.field(action, 'captcha').inputValue();

async function expectSolved(portal: Portal, action = '/register'): Promise<void> {
  await expect(check(portal, action)).toHaveText('Checked');
  expect(await answer(portal, action)).toMatch(SOLVED);
}

/** The bodies of the posts that a page sends from now on. */
function posts(portal: Portal): URLSearchParams[] {
  const sent: URLSearchParams[] = [];
  portal.page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(new URLSearchParams(request.postData() ?? ''));
  });
  return sent;
}

test.describe('@hydrated while the clock of the page stands still, and with it the check,', () => {
  test.beforeEach(async ({ portal }) => {
    const now = Date.now();
    await portal.page.clock.install({ time: now });
    await portal.page.clock.pauseAt(now + 1_000);
    await portal.open('/register');
    await expect(check(portal)).toHaveText('Checking this browser…');
    expect(await answer(portal)).not.toMatch(SOLVED);
  });

  test('it says so, and says when it is done', async ({ portal }) => {
    await portal.page.clock.resume();
    await expectSolved(portal);
    await expectGoodLooks(portal);
  });

  test('a form that is sent waits, and is then sent once, by itself', async ({ portal, person }) => {
    const sent = posts(portal);
    await portal.fill('/register', { ...person });
    const button = portal.button('/register');
    await button.dblclick();
    await expect(button).toHaveAttribute('aria-disabled', 'true');
    await expect(button).toHaveAccessibleName('Checking…');
    await expect(check(portal)).toHaveText('Checking…');
    expect(sent).toEqual([]);

    await portal.page.clock.resume();
    await portal.isAt('/verify');
    expect(sent.map((post) => post.get('captcha'))).toEqual([expect.stringMatching(SOLVED)]);
    expect(sent[0]?.has('website'), 'only a browser without scripts has the field that nobody sees').toBe(false);
  });
});

test('@hydrated a refused form gets another challenge, and the second try goes through', async ({ portal, person }) => {
  await portal.open('/register');
  await expectSolved(portal);
  const [first] = (await answer(portal)).split('.');

  await portal.submit('/register', { ...person, username: 'x' });
  await portal.expectFieldError('/register', 'username', /Use at least 3 characters\./);
  await expect(portal.field('/register', 'captcha')).not.toHaveValue(new RegExp(`^${first}`));
  await expectSolved(portal);

  await portal.submit('/register', { username: person.username, password: person.password });
  await portal.isAt('/verify');
});

test('@hydrated a page that came without a challenge takes the one of a refusal', async ({ portal }) => {
  await portal.open('/login');
  await expect(check(portal, '/login')).toBeHidden();
  expect(await answer(portal, '/login')).toBe('');

  const seed = '5a'.repeat(32);
  const digest = createHash('sha256').update(Buffer.from(`${seed}00001388`, 'hex')).digest('hex');
  const sum = { seed, prefix: digest.slice(0, 32), most: 100_000 };
  const captcha = { challenge: 'the-challenge', kind: { PowChallenge: sum } };
  const refusal = { message: 'Please try once more.', fields: [], retry_after: null, captcha };
  const sent = posts(portal);
  await portal.page.route('/login', (route) => route.fulfill({ status: 422, json: refusal }));

  const wrong = { identifier: 'somebody', password: 'something' };
  await portal.submit('/login', wrong);
  await expect(portal.form('/login').getByRole('alert')).toHaveText(refusal.message);
  await expect(check(portal, '/login')).toHaveText('Checked');
  await portal.submit('/login', wrong);
  expect(sent.map((post) => post.get('captcha'))).toEqual(['', `the-challenge.5000.${digest}`]);
});

test('@hydrated a sum without a solution does not hold the form back', async ({ portal }) => {
  const captcha = { challenge: 'no-way', kind: { PowChallenge: { seed: '00'.repeat(32), prefix: '00'.repeat(16), most: 10 } } };
  const refusal = { message: 'Please try once more.', fields: [], retry_after: null, captcha };
  const sent = posts(portal);
  await portal.open('/login');
  await portal.page.route('/login', (route) => route.fulfill({ status: 422, json: refusal }));
  const wrong = { identifier: 'somebody', password: 'something' };
  await portal.submit('/login', wrong);
  await portal.submit('/login', wrong);
  await expect(check(portal, '/login')).toBeHidden();
  expect(sent.map((post) => post.get('captcha'))).toEqual(['', 'no-way']);
});

test('@hydrated typing goes on smoothly meanwhile', async ({ portal, person }) => {
  const { page } = portal;
  // A sum that no test lives to see the end of.
  await page.route('/register', async (route) => {
    const response = await route.fetch();
    const hard = (await response.text())
      .replace(/(?<=&quot;prefix&quot;:&quot;)[0-9a-f]+/, (prefix) => '0'.repeat(prefix.length))
      .replace(/(?<=&quot;most&quot;:)\d+/, '400000000');
    await route.fulfill({ response, body: hard });
  });
  await page.addInitScript(() => {
    const gaps: number[] = [];
    let last = performance.now();
    // As soon as the page is free again; a key that is pressed waits as long.
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
  // The start of the page is not what this is about.
  await gaps();

  const field = portal.field('/register', 'username');
  await field.pressSequentially(person.username, { delay: 20 });
  await expect(field).toHaveValue(person.username);
  await expect(check(portal)).toHaveText('Checking this browser…');
  // A slice lasts 10 ms. The median, since a busy machine keeps the browser itself waiting now and then.
  const waits = (await gaps()).sort((one, other) => one - other);
  expect(waits[Math.floor(waits.length / 2)]).toBeLessThan(50);
});

test.describe('with a waiting time', () => {
  test.use({ baseURL: strict.url });

  test('@no-js a form that comes quicker than a person types is refused, and taken later', async ({ portal, person }) => {
    await portal.open('/register');
    const ready = Date.now() + 4_100;
    await portal.submit('/register', { ...person });
    await portal.isAt('/register');
    await expect(portal.form('/register')).toContainText(/Try again in \d+ seconds?\./);

    // A browser without scripts has no clock that could be moved.
    await expect.poll(() => Date.now(), { message: 'the waiting time is over' }).toBeGreaterThan(ready);
    await portal.submit('/register', { password: person.password });
    await portal.isAt('/verify');
  });
});

test.describe('as hard as users meet it', () => {
  test.use({ baseURL: fullProof.url });

  test('@hydrated the check is done in a few seconds, and the form goes through', async ({ portal, person }) => {
    await portal.open('/register');
    const most = /most&quot;:(\d+)/.exec(await portal.page.content())?.[1];
    expect(Number(most), 'hashes at most').toBeGreaterThanOrEqual(100_000);
    await expect(check(portal)).toHaveText('Checked', { timeout: 30_000 });
    await expectSolved(portal);
    await portal.submit('/register', { ...person });
    await portal.isAt('/verify');
  });
});

test('@no-js the field that nobody sees is not seen, and what fills it in is refused', async ({ portal, person }) => {
  await portal.open('/register');
  const unseen = portal.field('/register', 'website');
  await expect(unseen).toBeAttached();
  await expect(unseen).toBeHidden();
  await expect(check(portal)).toBeHidden();

  await unseen.evaluate((input: HTMLInputElement) => (input.value = 'https://example.com'));
  await portal.submit('/register', { ...person });
  await portal.isAt('/register');
  await expect(portal.form('/register').getByRole('alert')).toContainText('Website');

  await portal.submit('/register', { password: person.password });
  await portal.isAt('/verify');
});
