// The example of a pipeline has the types that the package exports.
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it('the example of a pipeline fits the declarations of the package', () => {
  const { options } = ts.parseJsonConfigFileContent(
    { extends: './tsconfig.json', compilerOptions: { types: ['node'] }, files: [] },
    ts.sys,
    root,
  );
  const program = ts.createProgram([join(root, 'media/examples/pipeline/quantize.ts')], options);
  const texts = ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  expect(texts).toEqual([]);
  const declarations = program.getSourceFiles().map(({ fileName }) => fileName);
  expect(declarations.some((name) => name.endsWith('dist/types/library.d.ts'))).toBe(true);
});
