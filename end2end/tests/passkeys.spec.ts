import type { Locator } from '@playwright/test';

import { Authenticator } from '../fixtures/authenticator';
import { expectGoodLooks } from '../fixtures/looks';
import type { Person } from '../fixtures/person';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';
import { main } from '../servers';

const SIGN_IN = '/login/passkey';
const SECOND_STEP = '/login/mfa/passkey';
const ADD = '/account/security/passkeys';
const RENAME = '/account/security/passkeys/rename';
const REMOVE = '/account/security/passkeys/remove';

// Passkeys belong to a name: the same portal, opened by its name instead of its address.
test.use({ baseURL: main.url.replace('127.0.0.1', 'localhost') });

const passkeys = (portal: Portal) => portal.page.locator('#passkeys').getByRole('listitem');

/** Signs somebody in with the password and adds a passkey. */
async function withPasskey(portal: Portal, member: Person): Promise<Authenticator> {
  const authenticator = await Authenticator.of(portal.page);
  await portal.openAs(member, '/account/security');
  await authenticator.touchedDuring(() => portal.answerTo(ADD, () => portal.button(ADD).click()));
  // The first factor brings recovery codes.
  await portal.isAt('/account/security/recovery-codes');
  await expect(portal.notice()).toContainText(/Passkey “.+” added\./);
  await portal.open('/account/security');
  await expect(passkeys(portal)).toHaveCount(1);
  expect(await authenticator.count()).toBe(1);
  return authenticator;
}

test('@hydrated a passkey is added, named, used by its button, and removed', async ({ portal, member }) => {
  const { page } = portal;
  const authenticator = await withPasskey(portal, member);
  await expectGoodLooks(portal);

  await portal.reveal(RENAME);
  await portal.submit(RENAME, { name: 'Blue key' });
  await portal.isAt('/account/security');
  await expect(passkeys(portal)).toContainText('Blue key');

  await portal.signOut();
  await authenticator.touchedDuring(() => portal.answerTo(SIGN_IN, () => portal.button(SIGN_IN).click()));
  await portal.isAt('/dashboard');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(member.username);

  await portal.open('/account/security');
  await expect(passkeys(portal)).toContainText('last used');
  await portal.button(REMOVE).click();
  await portal.isAt('/account/security');
  await expect(portal.notice()).toContainText('“Blue key” removed');
  await expect(page.locator('#passkeys')).toContainText('No passkeys yet.');

  await portal.signOut();
  await authenticator.touchedDuring(() => portal.answerTo(SIGN_IN, () => portal.button(SIGN_IN).click()));
  await expect(portal.form(SIGN_IN).getByRole('alert')).toHaveText(
    "This passkey wasn't accepted. Try again or choose another way to continue.",
  );
  await portal.isAt('/login');
});

test('@hydrated the browser suggests a passkey with the username', async ({ portal, member }) => {
  const authenticator = await withPasskey(portal, member);
  await portal.signOut();
  await expect(portal.field('/login', 'identifier')).toHaveAttribute('autocomplete', 'username webauthn');
  // Who is there takes the suggestion.
  await authenticator.touchedDuring(async () => {
    await portal.page.goto('/login?next=/account/security', { waitUntil: 'commit' });
    await portal.isAt('/account/security');
  });
});

test('@hydrated a passkey is the second step after the password', async ({ portal, member }) => {
  const authenticator = await withPasskey(portal, member);
  await portal.signOut();
  await portal.signIn(member);
  await portal.isAt('/login/mfa');
  await authenticator.touchedDuring(() => portal.answerTo(SECOND_STEP, () => portal.button(SECOND_STEP).click()));
  await portal.isAt('/dashboard');
});

test('@hydrated who changes their mind is told so and can sign in with the password', async ({ portal, member }) => {
  await Authenticator.of(portal.page);
  await portal.page.addInitScript(() => {
    const { credentials } = navigator;
    const get = credentials.get.bind(credentials);
    credentials.get = (options) =>
      options?.mediation === 'conditional'
        ? get(options)
        : Promise.reject(new DOMException('The person pressed Cancel.', 'NotAllowedError'));
  });
  await portal.open('/login');
  await portal.button(SIGN_IN).click();
  await expect(portal.form(SIGN_IN).getByRole('alert')).toHaveText('The passkey request was cancelled. You can try again.');
  await expect(portal.button(SIGN_IN)).toHaveAttribute('aria-disabled', 'false');
  await expectGoodLooks(portal);
  await portal.signIn(member);
  await portal.isAt('/dashboard');
});

test('@hydrated a browser that is too old for passkeys is shown no button', async ({ portal }) => {
  await portal.page.addInitScript(() => {
    Reflect.deleteProperty(window, 'PublicKeyCredential');
  });
  await portal.open('/login');
  await expect(portal.form(SIGN_IN)).toBeHidden();
});

/** Playwright's own search for a text leaves out whatever is meant for browsers without scripts. */
async function expectToRead(element: Locator, words: string): Promise<void> {
  await expect(element).toBeVisible();
  expect(await element.evaluate((shown) => shown.textContent)).toContain(words);
}

test('@no-js the pages say that passkeys need a script', async ({ portal, member }) => {
  await portal.open('/login');
  await expectToRead(portal.page.locator('.other-way noscript p'), 'Turn on JavaScript to use a passkey');
  await expect(portal.form(SIGN_IN)).toBeHidden();
  await portal.signIn(member);
  await portal.open('/account/security');
  await expectToRead(portal.page.locator('#passkeys noscript span'), 'Turn on JavaScript to add a passkey');
  await expect(portal.form(ADD)).toBeHidden();
});

test.describe('at an address that is no name', () => {
  test.use({ baseURL: main.url });

  test('@hydrated no button is shown that could not work', async ({ portal }) => {
    await portal.open('/login');
    await expect(portal.form(SIGN_IN)).toBeHidden();
  });
});
