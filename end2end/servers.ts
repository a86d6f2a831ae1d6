import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

interface Server {
  address: string;
  url: string;
  /** The data directory, in which a development portal also saves its emails. */
  dataDir: string;
}

/** The main portal under test. `cargo leptos end-to-end` starts it. */
export const main = server(
  process.env.LEPTOS_SITE_ADDR ?? '127.0.0.1:3000',
  resolve(root, process.env.PORTAL_DATA_DIR ?? 'data'),
);

// The portals below differ from the main one in one setting. Playwright starts them.

/** A portal whose codes expire after 4 seconds, so that tests need not wait for the default lifetime. */
export const shortCodeLifetime = variant('short', 1, { PORTAL_OTP_LIFETIME: '4' });
/** A portal that sends another code after 2 seconds. */
export const fastResend = variant('quick', 2, { PORTAL_OTP_RESEND_AFTER: '2' });
/**
 * A portal that accepts a form without a proof of work only after 4 seconds; the others accept it at once. The
 * default of 2 seconds is too short for this test: on a busy machine, filling in the form may take longer.
 */
export const minFillTime = variant('strict', 3, { PORTAL_FORM_MIN_FILL: '4' });
/** A portal where only invited users can register. */
export const inviteOnly = variant('invitation', 4, { PORTAL_REGISTRATION: 'invitation' });
/** A portal with the default difficulty of the proof of work; on the others it takes no time. */
export const realProofOfWork = variant('proof', 5, {}, 'env -u PORTAL_CAPTCHA_DIFFICULTY');

const servers = [main, shortCodeLifetime, fastResend, minFillTime, inviteOnly, realProofOfWork];

/** Returns the portal at an origin. Only the port is compared, because `localhost` and `127.0.0.1` are the same. */
export function serverAt(origin: string): Server {
  const { port } = new URL(origin);
  const found = servers.find(({ url }) => new URL(url).port === port);
  if (!found) throw new Error(`There is no portal under test at ${origin}.`);
  return found;
}

function server(address: string, dataDir: string): Server {
  return { address, url: `http://${address}`, dataDir };
}

function variant(name: string, offset: number, settings: Record<string, string>, wrapper = '') {
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
