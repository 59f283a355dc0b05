// Runs the suites of this folder inside the extension host: what @vscode/test-electron calls there (`run`).
//
// How to write one: `<area>.host.ts` with mocha's `suite`, `test`, `suiteSetup`, … (globals), `import * as vscode` and
// node:assert. Every file runs once in each kind of folder (an empty one; one with a bench, see benchFolder in
// test/vscodeHost/fixtures.ts; that one in restricted mode), `folders` alone in one with two, in one window, one after another: `suiteIn(['bench'], …)`
// of workspaces.ts is for those that need a certain one. What a suite adds to the folder it takes away again.
// `npm test -- test/host/activation` runs one file.
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import type { ReportLine } from '../vscodeHost/hostEnvironment';
import { hostEnvironment } from '../vscodeHost/hostEnvironment';

/** Prints nothing: the report tells. */
class Silent extends Mocha.reporters.Base {}

/** Called by the editor; rejects when a test failed. */
export async function run(): Promise<void> {
  const only = (process.env[hostEnvironment.only] ?? '').split(',').filter((name) => name !== '');
  const mocha = new Mocha({ ui: 'tdd', timeout: 30_000, reporter: Silent });
  for (const name of readdirSync(__dirname).sort()) {
    if (!name.endsWith('.host.js')) continue;
    if (only.length === 0 || only.some((one) => name.startsWith(one))) mocha.addFile(join(__dirname, name));
  }
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => tell({ title: test.fullTitle(), state: 'passed' }));
    runner.on('pending', (test) => tell({ title: test.fullTitle(), state: 'skipped' }));
    runner.on('fail', (test, error: unknown) =>
      tell({ title: test.fullTitle(), state: 'failed', text: textOf(error) }),
    );
  });
  tell({ state: 'ended' });
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

function tell(line: ReportLine): void {
  const path = process.env[hostEnvironment.report];
  if (path !== undefined) appendFileSync(path, `${JSON.stringify(line)}\n`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
