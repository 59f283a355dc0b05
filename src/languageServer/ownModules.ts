// Modules of a person's own that a file names: what is said where one is missing, and where its code begins.
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { languageOf } from '../config/ownCode/moduleText';
import type { ModuleParts } from '../config/ownCode/moduleText';
import type { Finding } from './findings';
import { folderOrFile, pathsIn } from './links';
import type { NamedPath } from './links';
import type { OpenFile } from './openFile';
import type { TextRange } from './outline';

/** A module that is named, and what it is to do. */
export interface NamedModule extends NamedPath {
  readonly role: 'dataset' | 'metric';
}

/** Larger files are opened at their first line. */
const mostBytes = 2 ** 20;

/** The modules of `custom` loaders and metrics. */
export function modulesIn(file: OpenFile): NamedModule[] {
  return pathsIn(file, ({ path }) => roleOf(path) !== undefined).flatMap((named) => {
    const role = roleOf(named.keys);
    return role === undefined ? [] : [{ ...named, role }];
  });
}

/** `metric: {custom: {path: …}}`, or the path in place of the map. */
function roleOf(keys: readonly string[]): NamedModule['role'] | undefined {
  const [role, custom] = (keys.at(-1) === 'path' ? keys.slice(0, -1) : keys).slice(-2);
  return custom === 'custom' && (role === 'dataset' || role === 'metric') ? role : undefined;
}

/** Findings for modules that are not there, beside those that were found already. */
export function missingModules(file: OpenFile, found: readonly Finding[]): Finding[] {
  const missing = modulesIn(file).filter(({ target }) => folderOrFile(target) === undefined);
  return missing
    .filter(({ start }) => !found.some((finding) => finding.start === start))
    .map(({ start, end, target, keys }) => ({
      ...{ start, end, severity: 'error', code: 'missing-file', path: keys.join('.') },
      message: `The module ${basename(target)} does not exist. Write it, or begin with a template (quick fix).`,
    }));
}

/** What a module has to do, by all the places of a file that name it. */
export function partsOfModule(file: OpenFile, target: string): ModuleParts {
  const roles = modulesIn(file).flatMap((named) => (named.target === target ? [named.role] : []));
  return { loader: roles.includes('dataset'), metric: roles.includes('metric') };
}

/** A place in another file; lines count from 0. */
export interface CodePlace {
  readonly target: string;
  readonly line: number;
}

/** Where the code begins that is named at an offset, or the file that is; undefined for anything else. */
export function definitionAt(file: OpenFile, offset: number): CodePlace | undefined {
  const isAt = (range: TextRange | undefined): boolean =>
    range !== undefined && range.start <= offset && offset <= range.end;
  const [named] = pathsIn(file, ({ value }) => isAt(value));
  if (named === undefined || folderOrFile(named.target) !== false) return undefined;
  const module = modulesIn(file).find(isAt);
  return { target: named.target, line: module === undefined ? 0 : lineOfCode(module) };
}

/** A metric is the export Metric, or else the default one, which a loader always is. */
function lineOfCode({ target, role }: NamedModule): number {
  const lines = linesOf(target);
  const ofMetric = role === 'metric' ? lines.findIndex((line) => /^export\s.*\bMetric\b/.test(line)) : -1;
  const found = ofMetric >= 0 ? ofMetric : lines.findIndex((line) => /^export\s+default\b/.test(line));
  return Math.max(found, 0);
}

function linesOf(path: string): readonly string[] {
  try {
    if (languageOf(path) === undefined || statSync(path).size > mostBytes) return [];
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
