import { main } from './servers';

/** Waits until the main portal, which `cargo leptos end-to-end` starts, is ready. */
export default async function globalSetup(): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isReady())) {
    if (Date.now() > deadline) {
      throw new Error(`The portal at ${main.url} is not responding. Run \`make end2end\`, which starts it first.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(`${main.url}/readyz`)).ok;
  } catch {
    return false;
  }
}
