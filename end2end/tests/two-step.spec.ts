import { readFile } from 'node:fs/promises';

import { expectGoodLooks } from '../fixtures/looks';
import type { Person } from '../fixtures/person';
import type { Portal } from '../fixtures/portal';
import { expect, test } from '../fixtures/test';
import { Phone } from '../fixtures/totp';

const SECURITY = '/account/security';
const TOTP = '/account/security/totp';
const CONFIRM = '/account/security/totp/confirm';
const CODES = '/account/security/recovery-codes';
const STEP = '/login/mfa';

async function press(portal: Portal, action: string): Promise<void> {
  await portal.answerTo(action, () => portal.button(action).first().click());
}

/** Begins to add an app; gives the phone that has scanned it. */
async function begin(portal: Portal): Promise<Phone> {
  await portal.open(SECURITY);
  await press(portal, TOTP);
  await portal.isAt(SECURITY);
  return new Phone(await portal.page.locator('code.secret').innerText());
}

/** Signs in, adds an app and keeps the recovery codes. */
async function turnOn(portal: Portal, member: Person): Promise<{ phone: Phone; codes: string[] }> {
  await portal.openAs(member);
  const phone = await begin(portal);
  await portal.submit(CONFIRM, { code: await phone.code() });
  await portal.isAt(CODES);
  const codes = await portal.page.locator('.codes code').allInnerTexts();
  expect(codes).toHaveLength(10);
  return { phone, codes };
}

async function passwordOnly(portal: Portal, member: Person): Promise<void> {
  await portal.open('/login');
  await portal.signIn(member);
}

test('signing in takes a code from the app, or a recovery code once', async ({ portal, member }) => {
  const { phone, codes } = await turnOn(portal, member);
  await portal.signOut();

  await passwordOnly(portal, member);
  await portal.isAt(STEP);
  await portal.open('/dashboard');
  await portal.isAt(STEP);
  await portal.submit(STEP, { code: await phone.code() });
  await portal.isAt('/dashboard');
  await portal.signOut();

  await passwordOnly(portal, member);
  await portal.submit(STEP, { code: codes[0] ?? '' });
  await portal.isAt('/dashboard');
  await portal.signOut();

  await passwordOnly(portal, member);
  await portal.submit(STEP, { code: codes[0] ?? '' });
  await portal.expectFieldError(STEP, 'code', /That code is incorrect or has expired\./);
  await expect(portal.field(STEP, 'code')).toHaveValue('');
  await portal.answerTo('/logout', () => portal.button('/logout').click());
  await portal.isAt('/login');
});

test('a trusted browser is not asked, until it is removed', async ({ portal, member }) => {
  const { codes } = await turnOn(portal, member);
  await portal.signOut();
  await passwordOnly(portal, member);
  await portal.field(STEP, 'trust').check();
  await portal.submit(STEP, { code: codes[0] ?? '' });
  await portal.isAt('/dashboard');
  await portal.signOut();

  await passwordOnly(portal, member);
  await portal.isAt('/dashboard');
  await portal.open(SECURITY);
  await expect(portal.page.locator('#browsers li')).toHaveCount(1);
  await expect(portal.page.locator('#browsers li')).toContainText('This browser');
  await press(portal, '/account/security/browsers/forget');
  await expect(portal.notice()).toBeVisible();
  await portal.signOut();

  await passwordOnly(portal, member);
  await portal.isAt(STEP);
});

test('turned off, the password is enough', async ({ portal, member }) => {
  await turnOn(portal, member);
  await portal.open(SECURITY);
  await press(portal, '/account/security/totp/off');
  await portal.isAt(SECURITY);
  await expect(portal.notice()).toContainText('off');
  await portal.signOut();
  await passwordOnly(portal, member);
  await portal.isAt('/dashboard');
});

test('another app takes the place of the first, which counts until then', async ({ portal, member }) => {
  const { phone: first } = await turnOn(portal, member);
  const second = await begin(portal);
  await expect(portal.page.locator('main')).toContainText('It works until you confirm the new one.');
  await portal.submit(CONFIRM, { code: first.nextCode() });
  await portal.expectFieldError(CONFIRM, 'code', /That code is incorrect or has expired\./);
  await portal.submit(CONFIRM, { code: await second.code() });
  await portal.isAt(SECURITY);
  await expect(portal.notice()).toContainText('Authenticator app replaced.');
  await portal.signOut();

  await passwordOnly(portal, member);
  await portal.isAt(STEP);
  await portal.submit(STEP, { code: await first.code() });
  await portal.expectFieldError(STEP, 'code', /That code is incorrect or has expired\./);
  await portal.submit(STEP, { code: await second.code() });
  await portal.isAt('/dashboard');
});

test('@hydrated recovery codes are copied and printed', async ({ portal, member }) => {
  await portal.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const { codes } = await turnOn(portal, member);
  await portal.page.getByRole('button', { name: 'Copy' }).click();
  await expect(portal.page.getByText('Copied.')).toBeVisible();
  expect(await portal.page.evaluate(() => navigator.clipboard.readText())).toBe(codes.join('\n'));

  // A browser without a screen prints nothing: whether it is asked to is what can be seen.
  const asked = portal.page.evaluate(() => new Promise((resolve) => { window.print = () => resolve('asked'); }));
  await portal.page.getByRole('button', { name: 'Print' }).click();
  expect(await asked).toBe('asked');
});

test('recovery codes are shown once, and downloaded without a request', async ({ portal, member }) => {
  const { codes } = await turnOn(portal, member);
  const downloading = portal.page.waitForEvent('download');
  await portal.page.getByRole('link', { name: 'Download' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('recovery-codes.txt');
  expect(await readFile(await download.path(), 'utf8')).toBe(`${codes.join('\n')}\n`);

  await portal.open(CODES);
  await expect(portal.page.locator('.codes')).toHaveCount(0);
  await expect(portal.page.locator('main')).toContainText("can't be shown again");
  await press(portal, CODES);
  await expect(portal.page.locator('.codes code')).toHaveCount(10);
});

test.describe('looks good in light and dark, wide and narrow:', () => {
  test('adding an app, the codes, and what is on', async ({ portal, member }) => {
    test.slow();
    await portal.openAs(member, SECURITY);
    await expectGoodLooks(portal);

    const phone = await begin(portal);
    await expect(portal.page.getByRole('img', { name: /QR code/ })).toBeVisible();
    await expectGoodLooks(portal);
    await portal.submit(CONFIRM, { code: '' });
    await portal.expectFieldError(CONFIRM, 'code', /Enter the code/);
    await expectGoodLooks(portal);

    await portal.submit(CONFIRM, { code: await phone.code() });
    await portal.isAt(CODES);
    await expectGoodLooks(portal);
    await portal.open(CODES);
    await expectGoodLooks(portal);
    await portal.open(SECURITY);
    await expectGoodLooks(portal);
    await begin(portal);
    await expectGoodLooks(portal);
  });

  test('/login/mfa, also with a message, and a trusted browser', async ({ portal, member }) => {
    test.slow();
    const { codes } = await turnOn(portal, member);
    await portal.signOut();
    await passwordOnly(portal, member);
    await portal.isAt(STEP);
    await expectGoodLooks(portal);
    await portal.submit(STEP, { code: '000000' });
    await portal.expectFieldError(STEP, 'code', /is incorrect or has expired/);
    await expectGoodLooks(portal);
    await portal.field(STEP, 'trust').check();
    await portal.submit(STEP, { code: codes[0] ?? '' });
    await portal.isAt('/dashboard');
    await portal.open(SECURITY);
    await expectGoodLooks(portal);
  });
});
