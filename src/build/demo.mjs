// `npm run demo`: installs and builds where needed, then runs the demonstration. Works from a fresh clone.
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root, run } from './setup.mjs';

await ensureInstalled();
await ensureBuilt();
const words = [join(root, 'dist', 'cli.js'), 'demo', ...process.argv.slice(2)];
process.exitCode = await run(process.execPath, words, { stdio: 'inherit' });
