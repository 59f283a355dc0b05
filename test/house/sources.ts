// Reads the project's files and the imports in its sources, for the tests of the house.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

export const root = resolve(import.meta.dirname, '../..');

/** Folders that are made, not written: those .gitignore lists, and git's own. */
const madeFolders = new Set([
  '.git',
  ...readFileSync(join(root, '.gitignore'), 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('/'))
    .map((line) => line.slice(0, -1)),
]);

/** Every file below a folder of the project, as paths from the root with `/`. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return madeFolders.has(entry.name) || madeFolders.has(path) ? [] : filesBelow(path);
  });
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** One import, export-from, `import()` or import type in a source file. */
export interface Import {
  readonly from: string;
  /** As written. */
  readonly specifier: string;
  /** Path from the root of the file it names; undefined for a package. */
  readonly target: string | undefined;
  /** Erased by the compiler: loads nothing. */
  readonly isTypeOnly: boolean;
  /** An `import()`: loaded when it is come to. */
  readonly isLate: boolean;
}

const importsByFile = new Map<string, readonly Import[]>();

/** The imports of a TypeScript file of the project. */
export function importsOf(path: string): readonly Import[] {
  const known = importsByFile.get(path);
  if (known !== undefined) return known;
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, isTypeOnly: boolean, isLate = false): void => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
      found.push({ from: path, specifier: specifier.text, target: targetOf(path, specifier.text), isTypeOnly, isLate });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && isLoad(node.expression)) add(node.arguments[0], false, true);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, false, ts.ScriptKind.TS));
  importsByFile.set(path, found);
  return found;
}

function isLoad(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}

function targetOf(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const base = resolve(root, dirname(from), specifier);
  const path = [`${base}.ts`, base, `${base}/index.ts`].find((candidate) => existsSync(candidate)) ?? base;
  return relative(root, path).split(sep).join('/');
}

/**
 * Every file that is loaded, now or later, when `entry` is; with the packages those files load.
 *
 * @param options.types follow type imports too: what the sources mention, not what is loaded
 * @param options.late follow `import()` too, which loads when it is come to
 */
export function closureOf(
  entry: string,
  { types = false, late = true } = {},
): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const files = new Set([entry]);
  const packages = new Set<string>();
  for (const file of files) {
    if (!file.endsWith('.ts')) continue;
    for (const { target, specifier, isTypeOnly, isLate } of importsOf(file)) {
      if ((isTypeOnly && !types) || (isLate && !late)) continue;
      if (target === undefined) packages.add(specifier);
      else files.add(target);
    }
  }
  return { files, packages };
}
