import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Where the portal under test answers. `cargo leptos end-to-end` starts it. */
export const main = server(process.env.LEPTOS_SITE_ADDR ?? '127.0.0.1:3000');

/**
 * Portals with one number of the product made small, so that no test sleeps
 * through the real one. Playwright starts them.
 */
export const shortLived = small('short', 1, { PORTAL_OTP_LIFETIME: '5' });
export const quickResend = small('quick', 2, { PORTAL_OTP_RESEND_AFTER: '2' });
/**
 * A portal that takes a form without a proof of work only after a while; the others take it at once. Longer than the
 * product's own two seconds, in which a busy machine may not have filled in the form.
 */
export const strict = small('strict', 3, { PORTAL_FORM_MIN_FILL: '8' });
/** A portal at which only those may register who were invited. */
export const byInvitation = small('invitation', 4, { PORTAL_REGISTRATION: 'invitation' });

function server(address: string) {
  return { address, url: `http://${address}` };
}

function small(name: string, offset: number, settings: Record<string, string>) {
  const { hostname, port } = new URL(main.url);
  const { address, url } = server(`${hostname}:${Number(port) + offset}`);
  const folder = resolve(root, 'target/end2end', name);
  return {
    url,
    start: {
      name,
      command: 'target/debug/portal serve',
      cwd: root,
      env: {
        LEPTOS_ENV: 'DEV',
        LEPTOS_SITE_ADDR: address,
        PUBLIC_URL: url,
        SMTP_URL: '',
        DATABASE_URL: `sqlite://${folder}/portal.db`,
        PORTAL_DATA_DIR: folder,
        PORTAL_LOG: 'warn',
        PORTAL_FORM_MIN_FILL: '0',
        ...settings,
      },
      url: `${url}/readyz`,
      timeout: 30_000,
      gracefulShutdown: { signal: 'SIGTERM' as const, timeout: 5_000 },
      stdout: 'pipe' as const,
      stderr: 'pipe' as const,
    },
  };
}
