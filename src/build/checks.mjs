// `npm run lint`: types, lint and format of the whole tree; `npm run format` mends the format. `npm test` runs the checks too.
import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, root, run } from './setup.mjs';

const tool = (path) => join(root, 'node_modules', path);
const prettier = tool('prettier/bin/prettier.cjs');

/** What is formatted: the code and its settings. Fixtures are kept as they were made, prose as it was written. */
const formatted = ['*.{json,mjs}', '{src,test,webviews}/**/*.{ts,mjs,css}', '!test/fixtures/**'];

const checks = {
  types: [tool('typescript/bin/tsc'), '-p', '.'],
  'types of webviews': [tool('typescript/bin/tsc'), '-p', 'webviews'],
  lint: [tool('eslint/bin/eslint.js'), '--max-warnings', '0', '.'],
  format: [prettier, '--check', ...formatted],
};

/** Runs all checks at once; each gives true when it is fine. */
export function runChecks() {
  return Promise.all(Object.entries(checks).map(check));
}

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

async function main() {
  await ensureInstalled();
  if (process.argv.includes('--write')) return run(process.execPath, [prettier, '--write', ...formatted]);
  return (await runChecks()).every((isFine) => isFine) ? 0 : 1;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await main();
