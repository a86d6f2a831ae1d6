import type { Page } from '@playwright/test';

import { expect, test as base } from '../fixtures/test';

/** A browser whose console nobody watches: in these tests it is to complain. */
const test = base.extend<{ page: Page }>({
  page: async ({ browser }, use) => {
    const context = await browser.newContext();
    await use(await context.newPage());
    await context.close();
  },
});

/** Leaves a mark that the test can see. */
const MARK = 'document.documentElement.dataset.ran = ""';

/** Changes a page on its way from the portal, as if the portal had sent it so. */
async function changeLogin(page: Page, change: (html: string, nonce: string) => string): Promise<void> {
  await page.route('/login', async (route) => {
    const response = await route.fetch();
    const nonce = /'nonce-([^']+)'/.exec(response.headers()['content-security-policy'] ?? '')?.[1] ?? 'none';
    await route.fulfill({ response, body: change(await response.text(), nonce) });
  });
}

test.describe('@hydrated markup that slipped into a page runs nothing:', () => {
  const slipped = {
    'a script': `<script>${MARK}</script>`,
    'a script with a nonce that was guessed': `<script nonce="AAAAAAAAAAAAAAAAAAAAAA">${MARK}</script>`,
    'a module': `<script type="module">${MARK}</script>`,
    'a script from a file': `<script src="data:text/javascript,${encodeURIComponent(MARK)}"></script>`,
    'an event handler': `<img src="data:," alt="" onerror='${MARK}'>`,
    'a frame': `<iframe srcdoc='<script>parent.${MARK}</script>'></iframe>`,
  };
  for (const [what, markup] of Object.entries(slipped)) {
    test(what, async ({ page }) => {
      await changeLogin(page, (html) => html.replace('</main>', `${markup}</main>`));
      await page.goto('/login');
      // The page's own script does run, after all of this.
      await expect(page.locator('html[data-hydrated]')).toBeAttached({ timeout: 30_000 });
      await expect(page.locator('main :is(script, img, iframe)')).toHaveCount(1);
      await expect(page.locator('html[data-ran]')).toHaveCount(0);
    });
  }

  test('but a script with the nonce of the page would run', async ({ page }) => {
    await changeLogin(page, (html, nonce) =>
      html.replace('</main>', `<script nonce="${nonce}">${MARK}</script></main>`),
    );
    await page.goto('/login');
    await expect(page.locator('html[data-ran]')).toBeAttached();
  });
});

// A script that runs may add others ('strict-dynamic'); markup that it takes for text may not.
for (const guarded of [true, false]) {
  const title = guarded ? 'runs nothing' : 'would run, were there no policy';
  test(`@hydrated a handler in markup that is put into a page later ${title}`, async ({ page }) => {
    await page.route('/login', async (route) => {
      const response = await route.fetch();
      const headers = response.headers();
      if (!guarded) delete headers['content-security-policy'];
      await route.fulfill({ response, headers });
    });
    await page.goto('/login');
    const ran = await page.evaluate((mark) => {
      document.body.insertAdjacentHTML('beforeend', `<button onclick='${mark}'></button>`);
      (document.body.lastElementChild as HTMLElement).click();
      return 'ran' in document.documentElement.dataset;
    }, MARK);
    expect(ran).toBe(!guarded);
  });
}

test.describe('a page is not shown in a frame of another site:', () => {
  const headers = ['content-security-policy', 'x-frame-options'];
  // Each of the two headers does it; without both, the same page would be shown.
  for (const kept of [headers, headers.slice(0, 1), headers.slice(1), []]) {
    test(kept.length ? `by ${kept.join(' and ')}` : 'unless the headers were gone', async ({ page, baseURL }) => {
      const frame = `<iframe src="${baseURL}/login"></iframe>`;
      await page.route('http://elsewhere.example/', (route) => route.fulfill({ contentType: 'text/html', body: frame }));
      await page.route(`${baseURL}/login`, async (route) => {
        const response = await route.fetch();
        const all = Object.entries(response.headers());
        const left = all.filter(([name]) => !headers.includes(name) || kept.includes(name));
        await route.fulfill({ response, headers: Object.fromEntries(left) });
      });
      await page.goto('http://elsewhere.example/');
      const form = page.frameLocator('iframe').locator('form[action="/login"]');
      await expect(form).toHaveCount(kept.length ? 0 : 1);
    });
  }
});

// Another port of the same machine is the same site: cookies go along, and only the portal can refuse.
for (const elsewhere of ['http://elsewhere.example/', 'http://127.0.0.1:3999/']) {
  test(`a form at ${elsewhere} signs nobody out`, async ({ portal, page, member, baseURL }) => {
    await portal.openAs(member);

    const body = `<form method="post" action="${baseURL}/logout"><button>A prize</button></form>`;
    await page.route(elsewhere, (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto(elsewhere);
    const response = await portal.answerTo('/logout', () => page.getByRole('button').click());
    expect(response.status()).toBe(403);
    await expect(page.locator('main')).toContainText('This form was sent from another site.');

    await portal.open('/dashboard');
    await portal.isAt('/dashboard');
  });
}
