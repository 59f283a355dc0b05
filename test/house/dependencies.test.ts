// What the product depends on (RELIABILITY P12): exact versions, known licences, nothing that runs at installation.
import { describe, expect, it } from 'vitest';
import { read } from './sources';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}

const manifest = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

/** Licences whose terms are met by naming them; LGPL is libvips, linked dynamically by sharp's own packages. */
const licences = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  // The icons of VS Code: named in NOTICE.
  'CC-BY-4.0',
  'LGPL-3.0-or-later',
]);
const licencesOfTools = new Set([...licences, 'MPL-2.0', 'Python-2.0', 'PSF-2.0', 'Zlib']);

/** Whose manifest names the licence in a form of before 2015 that npm does not copy into the lock file. */
const olderForm: Readonly<Record<string, string>> = { 'node_modules/xmlhttprequest-ssl': 'MIT' };

/** Their scripts are skipped (`.npmrc`): the binaries are in the packages already. */
const skippedScripts = new Set(['node_modules/esbuild', 'node_modules/onnxruntime-node', 'node_modules/fsevents']);

/** `(MIT OR CC0-1.0)` needs one of them, `Apache-2.0 AND MIT` all. */
function isAcceptable(expression: string, accepted: ReadonlySet<string>): boolean {
  const terms = expression.replace(/[()]/g, '');
  if (terms.includes(' OR ')) return terms.split(' OR ').some((term) => isAcceptable(term, accepted));
  return terms.split(' AND ').every((term) => accepted.has(term));
}

describe('dependencies', () => {
  it('are locked', () => {
    expect(packages.length).toBeGreaterThan(50);
  });

  it('have exact versions', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('are checked by their hash, and come from whichever registry npm is set to', () => {
    expect(packages.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  it('have licences we accept', () => {
    const refused = packages.filter(
      ([path, { license = olderForm[path] ?? 'none', dev }]) =>
        !isAcceptable(license, dev === true ? licencesOfTools : licences),
    );
    expect(refused.map(([path, { license }]) => `${path}: ${license ?? 'none'}`)).toEqual([]);
  });

  it('run no script at installation', () => {
    const scripts = packages.filter(
      ([path, { hasInstallScript }]) => hasInstallScript === true && !skippedScripts.has(path),
    );
    expect(scripts.map(([path]) => path)).toEqual([]);
    expect(read('.npmrc')).toContain('ignore-scripts=true');
  });

  it('are few where the product runs, of which the bundles hold all but two', () => {
    expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(20);
  });

  it.each([
    ['(MIT OR GPL-3.0)', true],
    ['Apache-2.0 AND MIT', true],
    ['Apache-2.0 AND GPL-3.0', false],
    ['GPL-3.0', false],
    ['none', false],
  ])('have their licence %s judged: %s', (expression, accepted) => {
    expect(isAcceptable(expression, licences)).toBe(accepted);
  });
});
