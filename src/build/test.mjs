// `npm test`: installs where needed, then build, types, lint, format and every test. `npm test -- test/onnx` runs those alone.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, run } from './setup.mjs';

const tool = (path) => join(root, 'node_modules', path);

/** Checks of the whole tree; each counts as a test. */
const checks = {
  types: [tool('typescript/bin/tsc'), '-p', '.'],
  lint: [tool('eslint/bin/eslint.js'), '--max-warnings', '0', '.'],
  format: [tool('prettier/bin/prettier.cjs'), '--check', '.'],
};

/** Runs a check and prints what it has to say only if it fails. */
function check([name, words]) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      console.log(`${code === 0 ? '✓' : '✗'} ${name}`);
      if (code !== 0) console.log(Buffer.concat(output).toString('utf8'));
      resolve(code === 0);
    });
  });
}

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
  const words = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters];
  const exitCode = await run(process.execPath, [tool('vitest/vitest.mjs'), ...words]);
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
const checked = [await build(), ...(filters.length > 0 ? [] : await Promise.all(Object.entries(checks).map(check)))];
const tests = await runTests(filters);
const passed = tests.passed + checked.filter((isFine) => isFine).length;
const failed = tests.failed + checked.filter((isFine) => !isFine).length;
console.log(`\n${passed} passed, ${failed} failed, ${tests.skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
