// `npm test`: installs where needed, then build, types, lint, format and every test, those in real VS Code too.
// `npm test -- test/onnx` runs those alone; so do test/host and test/ui, which run in VS Code (hostTests.mjs).
import { runChecks } from './checks.mjs';
import { runHostSuites, runUiSuites } from './hostTests.mjs';
import { ensureBuilt, ensureInstalled } from './setup.mjs';
import { ensureTestHost } from './testTools.mjs';
import { runVitest } from './vitest.mjs';

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

/** Names of the files in a folder of tests that filters are for; undefined: none of them. */
function filesIn(folder, filters) {
  const wanted = filters.filter((filter) => filter === folder || filter.startsWith(`${folder}/`));
  if (filters.length > 0 && wanted.length === 0) return undefined;
  const names = wanted.map((filter) => filter.slice(folder.length + 1).replace(/\.(?:host|ui)(?:\.ts)?$/, ''));
  return names.includes('') ? [] : names;
}

/** Runs everything that the filters are for; gives counts. */
async function runTests(filters) {
  const [inHost, inWindow] = [filesIn('test/host', filters), filesIn('test/ui', filters)];
  const others = filters.filter((filter) => !/^test\/(?:host|ui)(?:\/|$)/.test(filter));
  const counts = [];
  // VS Code is fetched meanwhile: that is mostly waiting.
  const fetched = inHost === undefined && inWindow === undefined ? undefined : ensureTestHost();
  if (filters.length === 0 || others.length > 0) counts.push(await runVitest('test/vitest.config.mjs', others));
  await fetched;
  if (inHost !== undefined) counts.push(await runHostSuites(inHost));
  if (inWindow !== undefined) counts.push(await runUiSuites(inWindow));
  return counts;
}

await ensureInstalled();
const filters = process.argv.slice(2);
const checked = [await build(), ...(filters.length > 0 ? [] : await runChecks())];
const tests = await runTests(filters);
const sum = (state) => tests.reduce((all, counts) => all + counts[state], 0);
const passed = sum('passed') + checked.filter((isFine) => isFine).length;
const failed = sum('failed') + checked.filter((isFine) => !isFine).length;
console.log(`\n${passed} passed, ${failed} failed, ${sum('skipped')} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
