import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

interface Server {
  address: string;
  url: string;
  /** Where it keeps its data, and in development its mail. */
  dataDir: string;
}

/** Where the portal under test answers. `cargo leptos end-to-end` starts it. */
export const main = server(
  process.env.LEPTOS_SITE_ADDR ?? '127.0.0.1:3000',
  resolve(root, process.env.PORTAL_DATA_DIR ?? 'data'),
);

/** Portals with one setting made small, so that no test sleeps through the real one. Playwright starts them. */
export const shortLived = small('short', 1, { PORTAL_OTP_LIFETIME: '4' });
export const quickResend = small('quick', 2, { PORTAL_OTP_RESEND_AFTER: '2' });
/**
 * A portal that takes a form without a proof of work only after a while; the others take it at once. Longer than the
 * product's own two seconds, in which a busy machine may not have filled in the form.
 */
export const strict = small('strict', 3, { PORTAL_FORM_MIN_FILL: '4' });
/** A portal at which only those may register who were invited. */
export const byInvitation = small('invitation', 4, { PORTAL_REGISTRATION: 'invitation' });
/** A portal whose proof of work is as hard as users meet it; at the others it takes no time. */
export const fullProof = small('proof', 5, {}, 'env -u PORTAL_CAPTCHA_DIFFICULTY');

const servers = [main, shortLived, quickResend, strict, byInvitation, fullProof];

/** The portal at an origin, by whichever name of this machine it is opened. */
export function serverAt(origin: string): Server {
  const { port } = new URL(origin);
  const found = servers.find(({ url }) => new URL(url).port === port);
  if (!found) throw new Error(`No portal under test is at ${origin}.`);
  return found;
}

function server(address: string, dataDir: string): Server {
  return { address, url: `http://${address}`, dataDir };
}

function small(name: string, offset: number, settings: Record<string, string>, wrapper = '') {
  const { hostname, port } = new URL(main.url);
  const folder = resolve(root, 'target/end2end', name);
  const { address, url, dataDir } = server(`${hostname}:${Number(port) + offset}`, folder);
  return {
    address,
    url,
    dataDir,
    start: {
      name,
      command: `${wrapper} target/debug/portal serve`.trim(),
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
