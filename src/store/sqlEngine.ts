// Loads sql.js (SQLite as WebAssembly), once and only when a question needs it.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { systemErrorCode } from '../files/fileErrors';
import { storeErrors } from './storeErrors';

const wasmName = 'sql-wasm.wasm';

let loaded: Promise<SqlJsStatic> | undefined;

/** The same for all stores of this process. */
export function sqlEngine(): Promise<SqlJsStatic> {
  loaded ??= load().catch((thrown: unknown) => {
    // The next question tries again.
    loaded = undefined;
    throw thrown;
  });
  return loaded;
}

async function load(): Promise<SqlJsStatic> {
  const wasmBinary = readWasm();
  const { default: initSqlJs } = await import('sql.js');
  return initSqlJs({ wasmBinary: new Uint8Array(wasmBinary).buffer });
}

/** The build puts it beside the bundles; the sources find the package's own, upwards from here. */
function readWasm(): Buffer {
  const beside = join(__dirname, wasmName);
  for (let folder = __dirname, path = beside; ; folder = dirname(folder)) {
    try {
      return readFileSync(path);
    } catch (thrown) {
      if (!['ENOENT', 'ENOTDIR'].includes(systemErrorCode(thrown) ?? '')) throw thrown;
    }
    if (path !== beside && dirname(folder) === folder) throw storeErrors.noEngine(beside);
    path = join(folder, 'node_modules', 'sql.js', 'dist', wasmName);
  }
}
