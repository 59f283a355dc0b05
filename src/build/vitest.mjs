// Runs Vitest on a set of tests and counts what came of them.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './setup.mjs';

/** Runs the tests of a configuration and counts them; `env` is added to what they see. */
export async function runVitest(configPath, filters, env = {}) {
  const report = join(root, '.test-tools', 'results.json');
  mkdirSync(join(root, '.test-tools'), { recursive: true });
  rmSync(report, { force: true });
  const words = [
    'run',
    '--config',
    join(root, configPath),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...filters,
  ];
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const exitCode = await run(process.execPath, [vitest, ...words], { env: { ...process.env, ...env } });
  const counts = countsOf(report);
  // Whatever else went wrong (a build, an error outside a test) must not look like success.
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function countsOf(report) {
  let results;
  try {
    results = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  // A file that cannot be loaded fails without any of its tests failing.
  const broken = results.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + broken.length,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}
