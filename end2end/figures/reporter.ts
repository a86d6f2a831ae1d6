import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

/** Prints only the output of the benchmarks and their errors. */
export default class BenchmarkReporter implements Reporter {
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
