// NOTICE names every package that is in a package of ours, with its licence.
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { read, root } from './sources';

interface BuildModule {
  bundledPackages(): Promise<readonly string[]>;
}
interface PackagesModule {
  shippedBeside(): readonly string[];
}

const { dependencies } = JSON.parse(read('package.json')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};
const lock = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, { readonly license?: string }>>;
};
const lines = read('NOTICE').split('\n');

/** Name in NOTICE of the package in a place; those of one kind for all platforms have one name. */
function nameOf(place: string): string {
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return name.replace(/^(@img\/sharp-libvips-|@img\/sharp-(?!libvips)).*$/, '$1*');
}

/** Whether a line names a package and every licence it is under. */
function isNamed(place: string): boolean {
  const licences = (lock.packages[place]?.license ?? 'none').replace(/[()]/g, '').split(' AND ');
  return lines.some((line) => {
    const words = line.split(/[\s,:]+/);
    return words.includes(nameOf(place)) && licences.every((licence) => words.includes(licence));
  });
}

describe('NOTICE names, with its licence,', () => {
  let bundled: readonly string[];
  let beside: readonly string[];

  beforeAll(async () => {
    // The scripts of the build have no types.
    const module = (name: string): Promise<unknown> => import(join(root, 'src', 'build', name));
    bundled = await ((await module('build.mjs')) as BuildModule).bundledPackages();
    beside = ((await module('packages.mjs')) as PackagesModule).shippedBeside();
  });

  it('every package of which something is in a bundle', () => {
    expect(bundled).toContain('node_modules/lit-html');
    expect(bundled).toContain('node_modules/yaml');
    expect(bundled.filter((place) => !isNamed(place))).toEqual([]);
  });

  it('every package that lies beside the bundles', () => {
    const places = beside.map((name) => `node_modules/${name}`);
    expect(places).toContain('node_modules/@img/sharp-win32-x64');
    expect(places.filter((place) => !isNamed(place))).toEqual([]);
  });

  it('every dependency', () => {
    const places = Object.keys(dependencies).map((name) => `node_modules/${name}`);
    expect(places.filter((place) => !isNamed(place))).toEqual([]);
  });

  it.each(['node_modules/vitest', 'node_modules/no-such-package'])('and not %s', (place) => {
    expect(isNamed(place)).toBe(false);
  });
});
