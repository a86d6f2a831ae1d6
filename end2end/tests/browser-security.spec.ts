import type { Page } from '@playwright/test';

import { expect, test as base } from '../fixtures/test';

/** Uses a context that is not monitored, because these tests cause console errors. */
const test = base.extend<{ page: Page }>({
  page: async ({ browser }, use) => {
    const context = await browser.newContext();
    await use(await context.newPage());
    await context.close();
  },
});

/** A script that sets an attribute, which shows that it ran. */
const SCRIPT = 'document.documentElement.dataset.ran = ""';

/** Modifies the response for `/login`, as if the portal had sent it that way. */
async function modifyLoginPage(page: Page, modify: (html: string, nonce: string) => string): Promise<void> {
  await page.route('/login', async (route) => {
    const response = await route.fetch();
    const nonce = /'nonce-([^']+)'/.exec(response.headers()['content-security-policy'] ?? '')?.[1] ?? 'none';
    await route.fulfill({ response, body: modify(await response.text(), nonce) });
  });
}

test.describe('@hydrated injected markup does not run scripts:', () => {
  const injected = {
    'a script': `<script>${SCRIPT}</script>`,
    'a script with a guessed nonce': `<script nonce="AAAAAAAAAAAAAAAAAAAAAA">${SCRIPT}</script>`,
    'a module script': `<script type="module">${SCRIPT}</script>`,
    'a script with a source': `<script src="data:text/javascript,${encodeURIComponent(SCRIPT)}"></script>`,
    'an event handler': `<img src="data:," alt="" onerror='${SCRIPT}'>`,
    'a frame': `<iframe srcdoc='<script>parent.${SCRIPT}</script>'></iframe>`,
  };
  for (const [name, markup] of Object.entries(injected)) {
    test(name, async ({ page }) => {
      await modifyLoginPage(page, (html) => html.replace('</main>', `${markup}</main>`));
      await page.goto('/login');
      // The page's own script runs, after the injected markup was parsed.
      await expect(page.locator('html[data-hydrated]')).toBeAttached({ timeout: 30_000 });
      await expect(page.locator('main :is(script, img, iframe)')).toHaveCount(1);
      await expect(page.locator('html[data-ran]')).toHaveCount(0);
    });
  }

  test('a script with the nonce of the page runs', async ({ page }) => {
    await modifyLoginPage(page, (html, nonce) =>
      html.replace('</main>', `<script nonce="${nonce}">${SCRIPT}</script></main>`),
    );
    await page.goto('/login');
    await expect(page.locator('html[data-ran]')).toBeAttached();
  });
});

// With 'strict-dynamic', a trusted script can load other scripts, but markup that it inserts must not run any.
for (const withPolicy of [true, false]) {
  const outcome = withPolicy ? 'does not run' : 'runs without a policy';
  test(`@hydrated an event handler in markup inserted by a script ${outcome}`, async ({ page }) => {
    await page.route('/login', async (route) => {
      const response = await route.fetch();
      const headers = response.headers();
      if (!withPolicy) delete headers['content-security-policy'];
      await route.fulfill({ response, headers });
    });
    await page.goto('/login');
    const ran = await page.evaluate((script) => {
      document.body.insertAdjacentHTML('beforeend', `<button onclick='${script}'></button>`);
      (document.body.lastElementChild as HTMLElement).click();
      return 'ran' in document.documentElement.dataset;
    }, SCRIPT);
    expect(ran).toBe(!withPolicy);
  });
}

test.describe('a frame on another site does not show the page:', () => {
  const headers = ['content-security-policy', 'x-frame-options'];
  // Either header is enough. Without both, the page is shown, so the test can detect a missing header.
  for (const kept of [headers, headers.slice(0, 1), headers.slice(1), []]) {
    test(kept.length ? `with ${kept.join(' and ')}` : 'except without these headers', async ({ page, baseURL }) => {
      const frame = `<iframe src="${baseURL}/login"></iframe>`;
      await page.route('http://elsewhere.example/', (route) =>
        route.fulfill({ contentType: 'text/html', body: frame }),
      );
      await page.route(`${baseURL}/login`, async (route) => {
        const response = await route.fetch();
        const all = Object.entries(response.headers());
        const remaining = all.filter(([name]) => !headers.includes(name) || kept.includes(name));
        await route.fulfill({ response, headers: Object.fromEntries(remaining) });
      });
      await page.goto('http://elsewhere.example/');
      const form = page.frameLocator('iframe').locator('form[action="/login"]');
      await expect(form).toHaveCount(kept.length ? 0 : 1);
    });
  }
});

// Another port of the same host is the same site, so the browser sends cookies and the portal must reject the form.
for (const otherOrigin of ['http://elsewhere.example/', 'http://127.0.0.1:3999/']) {
  test(`a form at ${otherOrigin} cannot sign the user out`, async ({ portal, page, user, baseURL }) => {
    await portal.openAs(user);

    const body = `<form method="post" action="${baseURL}/logout"><button>A prize</button></form>`;
    await page.route(otherOrigin, (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto(otherOrigin);
    const response = await portal.waitForPost('/logout', () => page.getByRole('button').click());
    expect(response.status()).toBe(403);
    await expect(page.locator('main')).toContainText('This form was sent from another site.');

    await portal.open('/dashboard');
    await portal.expectPath('/dashboard');
  });
}
