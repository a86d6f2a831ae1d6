import type { Locator } from '@playwright/test';

import { expectAccessible } from '../fixtures/accessibility';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';
import type { User } from '../fixtures/user';
import { VirtualAuthenticator } from '../fixtures/virtual-authenticator';
import { main } from '../servers';

const SIGN_IN = '/login/passkey';
const SECOND_STEP = '/login/mfa/passkey';
const ADD = '/account/security/passkeys';
const RENAME = '/account/security/passkeys/rename';
const REMOVE = '/account/security/passkeys/remove';

// Passkeys require a host name, so these tests use `localhost` instead of the IP address.
test.use({ baseURL: main.url.replace('127.0.0.1', 'localhost') });

const passkeys = (portal: Portal) => portal.page.locator('#passkeys').getByRole('listitem');

/** Signs in with the password and adds a passkey. */
async function addPasskey(portal: Portal, user: User): Promise<VirtualAuthenticator> {
  const authenticator = await VirtualAuthenticator.create(portal.page);
  await portal.openAs(user, '/account/security');
  await authenticator.withUserPresence(() => portal.waitForPost(ADD, () => portal.button(ADD).click()));
  // Adding the first second factor shows recovery codes.
  await portal.expectPath('/account/security/recovery-codes');
  await expect(portal.notice()).toContainText(/Passkey “.+” added\./);
  await portal.open('/account/security');
  await expect(passkeys(portal)).toHaveCount(1);
  expect(await authenticator.count()).toBe(1);
  return authenticator;
}

test('@hydrated a passkey is added, renamed, used to sign in, and removed', async ({ portal, user }) => {
  const { page } = portal;
  const authenticator = await addPasskey(portal, user);
  await expectAccessible(portal);

  await portal.expand(RENAME);
  await portal.submit(RENAME, { name: 'Blue key' });
  await portal.expectPath('/account/security');
  await expect(passkeys(portal)).toContainText('Blue key');

  await portal.signOut();
  await authenticator.withUserPresence(() => portal.waitForPost(SIGN_IN, () => portal.button(SIGN_IN).click()));
  await portal.expectPath('/dashboard');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(user.username);

  await portal.open('/account/security');
  await expect(passkeys(portal)).toContainText('last used');
  await portal.button(REMOVE).click();
  await portal.expectPath('/account/security');
  await expect(portal.notice()).toContainText('“Blue key” removed');
  await expect(page.locator('#passkeys')).toContainText('No passkeys yet.');

  await portal.signOut();
  await authenticator.withUserPresence(() => portal.waitForPost(SIGN_IN, () => portal.button(SIGN_IN).click()));
  await expect(portal.form(SIGN_IN).getByRole('alert')).toHaveText(
    "This passkey wasn't accepted. Try again or choose another way to continue.",
  );
  await portal.expectPath('/login');
});

test('@hydrated the browser suggests a passkey in the username field', async ({ portal, user }) => {
  const authenticator = await addPasskey(portal, user);
  await portal.signOut();
  await expect(portal.field('/login', 'identifier')).toHaveAttribute('autocomplete', 'username webauthn');
  // The virtual authenticator accepts the suggestion.
  await authenticator.withUserPresence(async () => {
    await portal.page.goto('/login?next=/account/security', { waitUntil: 'commit' });
    await portal.expectPath('/account/security');
  });
});

test('@hydrated a passkey is the second step after the password', async ({ portal, user }) => {
  const authenticator = await addPasskey(portal, user);
  await portal.signOut();
  await portal.signIn(user);
  await portal.expectPath('/login/mfa');
  await authenticator.withUserPresence(() => portal.waitForPost(SECOND_STEP, () => portal.button(SECOND_STEP).click()));
  await portal.expectPath('/dashboard');
});

test('@hydrated a user who cancels the passkey request can sign in with the password', async ({ portal, user }) => {
  await VirtualAuthenticator.create(portal.page);
  await portal.page.addInitScript(() => {
    const { credentials } = navigator;
    const get = credentials.get.bind(credentials);
    credentials.get = (options) =>
      options?.mediation === 'conditional'
        ? get(options)
        : Promise.reject(new DOMException('The user canceled the request.', 'NotAllowedError'));
  });
  await portal.open('/login');
  await portal.button(SIGN_IN).click();
  const alert = portal.form(SIGN_IN).getByRole('alert');
  await expect(alert).toHaveText('The passkey request was canceled. You can try again.');
  await expect(portal.button(SIGN_IN)).toHaveAttribute('aria-disabled', 'false');
  await expectAccessible(portal);
  await portal.signIn(user);
  await portal.expectPath('/dashboard');
});

test('@hydrated a browser without passkey support shows no button', async ({ portal }) => {
  await portal.page.addInitScript(() => {
    Reflect.deleteProperty(window, 'PublicKeyCredential');
  });
  await portal.open('/login');
  await expect(portal.form(SIGN_IN)).toBeHidden();
});

/** Checks text in `noscript`, which Playwright's own text matchers ignore. */
async function expectText(element: Locator, text: string): Promise<void> {
  await expect(element).toBeVisible();
  expect(await element.evaluate((node) => node.textContent)).toContain(text);
}

test('@no-js the pages say that passkeys need JavaScript', async ({ portal, user }) => {
  await portal.open('/login');
  await expectText(portal.page.locator('.other-way noscript p'), 'Turn on JavaScript to use a passkey');
  await expect(portal.form(SIGN_IN)).toBeHidden();
  await portal.signIn(user);
  await portal.open('/account/security');
  await expectText(portal.page.locator('#passkeys noscript span'), 'Turn on JavaScript to add a passkey');
  await expect(portal.form(ADD)).toBeHidden();
});

test.describe('at an IP address', () => {
  test.use({ baseURL: main.url });

  test('@hydrated the passkey button is hidden', async ({ portal }) => {
    await portal.open('/login');
    await expect(portal.form(SIGN_IN)).toBeHidden();
  });
});
