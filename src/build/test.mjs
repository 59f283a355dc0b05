// `npm test`: installs where needed, then build, types, lint, format and every test. `npm test -- test/onnx` runs those alone.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runChecks } from './checks.mjs';
import { ensureBuilt, ensureInstalled, root, run } from './setup.mjs';

/** The tests of the command line run what users run. */
async function build() {
  try {
    await ensureBuilt();
    return true;
  } catch (reason) {
    console.log(`✗ build\n${reason}`);
    return false;
  }
}

/** Runs the tests and counts them. */
async function runTests(filters) {
  const report = join(root, '.test-tools', 'results.json');
  mkdirSync(join(root, '.test-tools'), { recursive: true });
  rmSync(report, { force: true });
  const config = join(root, 'test', 'vitest.config.mjs');
  const words = [
    'run',
    '--config',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...filters,
  ];
  const exitCode = await run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...words]);
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

await ensureInstalled();
const filters = process.argv.slice(2);
const checked = [await build(), ...(filters.length > 0 ? [] : await runChecks())];
const tests = await runTests(filters);
const passed = tests.passed + checked.filter((isFine) => isFine).length;
const failed = tests.failed + checked.filter((isFine) => !isFine).length;
console.log(`\n${passed} passed, ${failed} failed, ${tests.skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
