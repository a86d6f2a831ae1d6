import { readFile } from 'node:fs/promises';

import { expectAccessible } from '../fixtures/accessibility';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';
import { AuthenticatorApp } from '../fixtures/totp';
import type { User } from '../fixtures/user';

const SECURITY = '/account/security';
const TOTP = '/account/security/totp';
const CONFIRM = '/account/security/totp/confirm';
const CODES = '/account/security/recovery-codes';
const STEP = '/login/mfa';

async function click(portal: Portal, action: string): Promise<void> {
  await portal.waitForPost(action, () => portal.button(action).first().click());
}

/** Starts to add an authenticator app; returns the app with its secret. */
async function startSetup(portal: Portal): Promise<AuthenticatorApp> {
  await portal.open(SECURITY);
  await click(portal, TOTP);
  await portal.expectPath(SECURITY);
  return new AuthenticatorApp(await portal.page.locator('code.secret').innerText());
}

/** Signs in and adds an authenticator app; returns the app and the recovery codes. */
async function turnOnTwoStep(portal: Portal, user: User): Promise<{ app: AuthenticatorApp; codes: string[] }> {
  await portal.openAs(user);
  const app = await startSetup(portal);
  await portal.submit(CONFIRM, { code: await app.code() });
  await portal.expectPath(CODES);
  const codes = await portal.page.locator('.codes code').allInnerTexts();
  expect(codes).toHaveLength(10);
  return { app, codes };
}

async function signInWithPassword(portal: Portal, user: User): Promise<void> {
  await portal.open('/login');
  await portal.signIn(user);
}

test('signing in requires a code from the app or an unused recovery code', async ({ portal, user }) => {
  const { app, codes } = await turnOnTwoStep(portal, user);
  await portal.signOut();

  await signInWithPassword(portal, user);
  await portal.expectPath(STEP);
  await portal.open('/dashboard');
  await portal.expectPath(STEP);
  await portal.submit(STEP, { code: await app.code() });
  await portal.expectPath('/dashboard');
  await portal.signOut();

  await signInWithPassword(portal, user);
  await portal.submit(STEP, { code: codes[0] ?? '' });
  await portal.expectPath('/dashboard');
  await expect(portal.notice()).toContainText('You used a recovery code. A new one replaces it');
  await portal.open(SECURITY);
  await portal.page.getByRole('link', { name: 'Show new recovery codes' }).click();
  await expect(portal.page.locator('.codes li')).toHaveCount(1);
  await expectAccessible(portal);
  await portal.signOut();

  await signInWithPassword(portal, user);
  await portal.submit(STEP, { code: codes[0] ?? '' });
  await portal.expectFieldError(STEP, 'code', /That code is incorrect or has expired\./);
  await expect(portal.field(STEP, 'code')).toHaveValue('');
  await portal.waitForPost('/logout', () => portal.button('/logout').click());
  await portal.expectPath('/login');
});

test('a trusted browser skips the second step until it is removed', async ({ portal, user }) => {
  const { codes } = await turnOnTwoStep(portal, user);
  await portal.signOut();
  await signInWithPassword(portal, user);
  await portal.field(STEP, 'trust').check();
  await portal.submit(STEP, { code: codes[0] ?? '' });
  await portal.expectPath('/dashboard');
  await portal.signOut();

  await signInWithPassword(portal, user);
  await portal.expectPath('/dashboard');
  await portal.open(SECURITY);
  await expect(portal.page.locator('#browsers li')).toHaveCount(1);
  await expect(portal.page.locator('#browsers li')).toContainText('This browser');
  // The password alone opened this session, so a change of factors asks for a second factor first.
  await click(portal, '/account/security/browsers/forget');
  await portal.expectPath('/account/confirm');
  await expectAccessible(portal);
  await portal.submit('/account/confirm', { password: user.password, code: codes[1] ?? '' });
  await portal.expectPath(SECURITY);
  await click(portal, '/account/security/browsers/forget');
  await expect(portal.notice()).toContainText('Trusted browser removed');
  await portal.signOut();

  await signInWithPassword(portal, user);
  await portal.expectPath(STEP);
});

test('when two-step sign-in is turned off, the password is enough', async ({ portal, user }) => {
  await turnOnTwoStep(portal, user);
  await portal.open(SECURITY);
  await click(portal, '/account/security/totp/off');
  await portal.expectPath(SECURITY);
  await expect(portal.notice()).toContainText('off');
  await portal.signOut();
  await signInWithPassword(portal, user);
  await portal.expectPath('/dashboard');
});

test('a new app replaces the first, which works until then', async ({ portal, user }) => {
  const { app: first } = await turnOnTwoStep(portal, user);
  const second = await startSetup(portal);
  await expect(portal.page.locator('main')).toContainText('It works until you confirm the new one.');
  await portal.submit(CONFIRM, { code: first.nextCode() });
  await portal.expectFieldError(CONFIRM, 'code', /That code is incorrect or has expired\./);
  await portal.submit(CONFIRM, { code: await second.code() });
  await portal.expectPath(SECURITY);
  await expect(portal.notice()).toContainText('Authenticator app replaced.');
  await portal.signOut();

  await signInWithPassword(portal, user);
  await portal.expectPath(STEP);
  await portal.submit(STEP, { code: await first.code() });
  await portal.expectFieldError(STEP, 'code', /That code is incorrect or has expired\./);
  await portal.submit(STEP, { code: await second.code() });
  await portal.expectPath('/dashboard');
});

test('@hydrated recovery codes can be copied and printed', async ({ portal, user }) => {
  await portal.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const { codes } = await turnOnTwoStep(portal, user);
  await portal.page.getByRole('button', { name: 'Copy' }).click();
  await expect(portal.page.getByText('Copied.')).toBeVisible();
  expect(await portal.page.evaluate(() => navigator.clipboard.readText())).toBe(codes.join('\n'));

  // A headless browser does not print, so the test only checks that `print` is called.
  const printCalled = portal.page.evaluate(() => new Promise((resolve) => (window.print = () => resolve('called'))));
  await portal.page.getByRole('button', { name: 'Print' }).click();
  expect(await printCalled).toBe('called');
});

test('recovery codes are shown once and can be downloaded', async ({ portal, user }) => {
  const { codes } = await turnOnTwoStep(portal, user);
  const downloadStarted = portal.page.waitForEvent('download');
  await portal.page.getByRole('link', { name: 'Download' }).click();
  const download = await downloadStarted;
  expect(download.suggestedFilename()).toBe('recovery-codes.txt');
  expect(await readFile(await download.path(), 'utf8')).toBe(`${codes.join('\n')}\n`);

  await portal.open(CODES);
  await expect(portal.page.locator('.codes')).toHaveCount(0);
  await expect(portal.page.locator('main')).toContainText("can't be shown again");
  await click(portal, CODES);
  await expect(portal.page.locator('.codes code')).toHaveCount(10);
});

test.describe('is accessible in light and dark mode, on wide and narrow screens:', () => {
  test('adding an app, recovery codes, and the security settings', async ({ portal, user }) => {
    test.slow();
    await portal.openAs(user, SECURITY);
    await expectAccessible(portal);

    const app = await startSetup(portal);
    await expect(portal.page.getByRole('img', { name: /QR code/ })).toBeVisible();
    await expectAccessible(portal);
    await portal.submit(CONFIRM, { code: '' });
    await portal.expectFieldError(CONFIRM, 'code', /Enter the code/);
    await expectAccessible(portal);

    await portal.submit(CONFIRM, { code: await app.code() });
    await portal.expectPath(CODES);
    await expectAccessible(portal);
    await portal.open(CODES);
    await expectAccessible(portal);
    await portal.open(SECURITY);
    await expectAccessible(portal);
    await startSetup(portal);
    await expectAccessible(portal);
  });

  test('/login/mfa with and without an error message, and a trusted browser', async ({ portal, user }) => {
    test.slow();
    const { codes } = await turnOnTwoStep(portal, user);
    await portal.signOut();
    await signInWithPassword(portal, user);
    await portal.expectPath(STEP);
    await expectAccessible(portal);
    await portal.submit(STEP, { code: '000000' });
    await portal.expectFieldError(STEP, 'code', /is incorrect or has expired/);
    await expectAccessible(portal);
    await portal.field(STEP, 'trust').check();
    await portal.submit(STEP, { code: codes[0] ?? '' });
    await portal.expectPath('/dashboard');
    await portal.open(SECURITY);
    await expectAccessible(portal);
  });
});
