// The example of a pipeline has the types that the package exports, and those that are written beside scripts without it.
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { withTypesLine } from '../../src/vscode/tasks/scriptTexts';
import { temporaryFolder } from '../support/temporaryFolder';

const root = join(import.meta.dirname, '../..');
const example = join(root, 'media/examples/pipeline/quantize.ts');
const alone = temporaryFolder();

function programOf(script: string): ts.Program {
  const { options } = ts.parseJsonConfigFileContent(
    {
      extends: './tsconfig.json',
      compilerOptions: { types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
      files: [],
    },
    ts.sys,
    root,
  );
  return ts.createProgram([script], options);
}

function mistakesIn(program: ts.Program): string[] {
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

function filesOf(program: ts.Program): string[] {
  return program.getSourceFiles().map(({ fileName }) => fileName);
}

it('the example of a pipeline fits the declarations of the package', () => {
  const program = programOf(example);
  expect(mistakesIn(program)).toEqual([]);
  expect(filesOf(program).some((name) => name.endsWith('dist/types/library.d.ts'))).toBe(true);
});

it('the example of a pipeline fits the declarations beside it where no package is installed, and mistakes are seen', () => {
  copyFileSync(join(root, 'dist/types/ambient/compressor-bench.d.ts'), join(alone.path, 'compressor-bench.d.ts'));
  const text = readFileSync(example, 'utf8');
  const script = alone.write('quantize.ts', `${withTypesLine(text).text}${text}`);
  const program = programOf(script);
  expect(mistakesIn(program)).toEqual([]);
  expect(filesOf(program).some((name) => name.endsWith('library.d.ts'))).toBe(false);
  const wrong = alone.write(
    'wrong.ts',
    `${withTypesLine('').text}${text.replace("modelName: 'mnist',", 'modelName: 1,')}`,
  );
  expect(mistakesIn(programOf(wrong))).toEqual([
    expect.stringContaining("'number' is not assignable to type 'string'"),
  ]);
});
