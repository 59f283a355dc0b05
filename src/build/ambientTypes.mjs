// The types of the library of pipelines as one file without imports of files, for scripts where no package is installed.
import { posix } from 'node:path';

/** What scripts import, and the declarations that hold it. */
const publicName = 'compressor-bench/pipeline';

const header = `// Types of "${publicName}". Written by VS Code's command "Compressor Bench: Add Types to Pipeline Script", which
// writes it anew; scripts beside it name it in their first line: /// <reference path="./compressor-bench.d.ts" />
`;

/**
 * Declarations as modules by name in one text: an editor finds such a file by a reference alone, without a package.
 *
 * @param declarations texts by their paths from the folder of the declarations, with slashes: `pipeline/library/engine.d.ts`
 * @param entry the path of the one that scripts import
 */
export function ambientTypes(declarations, entry) {
  const modules = [...declarations].map(([path, text]) => moduleOf(nameOf(path), withoutDeclare(named(text, path))));
  return [header, ...modules, moduleOf(publicName, `export * from '${nameOf(entry)}';\n`)].join('\n');
}

function moduleOf(name, text) {
  return `declare module '${name}' {\n${text}}\n`;
}

function nameOf(path) {
  return `compressor-bench/types/${path.replace(/(?:\.d)?\.ts$/, '')}`;
}

/** Relative imports as names of modules. */
function named(text, path) {
  return text.replace(/(from |import\()(['"])(\.{1,2}\/[^'"]+)\2/g, (_, before, quote, target) => {
    return `${before}${quote}${nameOf(posix.join(posix.dirname(path), target))}${quote}`;
  });
}

/** All of a declared module is declared. */
function withoutDeclare(text) {
  return text.replace(/^(export )?declare /gm, '$1');
}
