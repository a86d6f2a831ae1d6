import { main } from './servers';

/** Waits for the portal that was started beside this run. */
export default async function ready(): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await answers())) {
    if (Date.now() > deadline) {
      throw new Error(`No portal answers at ${main.url}. \`make end2end\` starts one and then these tests.`);
    }
    await new Promise((next) => setTimeout(next, 100));
  }
}

async function answers(): Promise<boolean> {
  try {
    return (await fetch(`${main.url}/readyz`)).ok;
  } catch {
    return false;
  }
}
