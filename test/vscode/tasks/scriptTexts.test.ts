// Pipeline scripts by their text: which are ones, and the line by which an editor finds the types of the library.
import { describe, expect, it } from 'vitest';
import { importsPipeline, namesTypes, usesNode, withTypesLine } from '../../../src/vscode/tasks/scriptTexts';

describe('a pipeline script', () => {
  it.each([
    ['a.ts', "import { OrtEngine } from 'compressor-bench/pipeline';", true],
    ['a.mjs', "const { OrtEngine } = await import('compressor-bench/pipeline');", true],
    ['a.cjs', 'const { OrtEngine } = require("compressor-bench/pipeline");', true],
    ['a.ts', "import { OrtEngine } from 'compressor-bench';", false],
    ['a.md', "import { OrtEngine } from 'compressor-bench/pipeline';", false],
    ['a.js', '// see compressor-bench/pipeline', false],
  ])('%s with %s: %s', (path, text, isOne) => {
    expect(importsPipeline(path, text)).toBe(isOne);
  });
});

describe('the line that names the types', () => {
  const line = '/// <reference path="./compressor-bench.d.ts" />\n';

  it('goes before all, but below the program that a script names', () => {
    expect(withTypesLine('import a;\n')).toEqual({ line: 0, text: line });
    expect(withTypesLine('#!/usr/bin/env node\nimport a;\n')).toEqual({ line: 1, text: line });
  });

  it('is not added twice, wherever the file lies', () => {
    expect(withTypesLine(`${line}import a;\n`).text).toBe('');
    expect(namesTypes("// a\n///<reference path='../types/compressor-bench.d.ts'/>\n")).toBe(true);
    expect(namesTypes('// see ./compressor-bench.d.ts\n')).toBe(false);
  });

  it.each([
    ["import { readFileSync } from 'node:fs';", true],
    ['resolve(import.meta.dirname, "a")', true],
    ['const folder = process.argv[2];', true],
    ["import { OrtEngine } from 'compressor-bench/pipeline';", false],
  ])('%s wants the types of Node: %s', (text, wants) => {
    expect(usesNode(text)).toBe(wants);
  });
});
