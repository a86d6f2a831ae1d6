import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

/** Prints what the figures print and what went wrong, and nothing else. */
export default class Bare implements Reporter {
  printsToStdio(): boolean {
    return true;
  }

  onStdOut(chunk: string | Buffer): void {
    process.stdout.write(chunk);
  }

  onError(error: { message?: string }): void {
    process.stderr.write(`${error.message ?? 'failed'}\n`);
  }

  onTestEnd(_test: TestCase, { errors }: TestResult): void {
    for (const error of errors) this.onError(error);
  }
}
