// New modules and their data set files: right types in both languages, for inputs of every kind, and names of any letters.
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parseDatasetFile } from '../../../src/config/datasetFile';
import { languageOf, usualInputs } from '../../../src/config/ownCode/moduleText';
import type { ModuleInput } from '../../../src/config/ownCode/moduleText';
import { newDatasetFiles } from '../../../src/config/ownCode/newDataset';
import { codeLanguages, newDatasetKinds, newNameProblem } from '../../../src/protocol/ownCode';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();

const types = 'float32 float64 float16 uint8 int8 uint16 int16 uint32 int32 uint64 int64 bool'.split(' ');
const names = ['x', '__proto__', 'a"b', "it's", '${1}', '*/', 'input:0'];
const inputs = types.map((type, at): ModuleInput => ({ name: names[at] ?? `input${at}`, type, dims: [2, 3] }));

const every = newDatasetKinds.flatMap((kind) => codeLanguages.map((language) => [kind, language] as const));

describe('new files', () => {
  it('have the strictest types, with inputs of every type and name', () => {
    const paths = every.map(([kind, language]) => {
      const { module } = newDatasetFiles({ name: `${kind}-${language}`, kind, language, inputs });
      const path = join(folder.path, module.name);
      writeFileSync(path, module.text);
      return path;
    });
    const program = ts.createProgram(paths, {
      ...{ strict: true, noUnusedLocals: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
      ...{ allowJs: true, noEmit: true, noImplicitOverride: true, erasableSyntaxOnly: true, types: [] },
      ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, lib: ['lib.es2022.d.ts'] },
    });
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(
        ({ file, messageText }) =>
          `${basename(file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      );
    expect(problems).toEqual([]);
  });

  it.each(every)('of %s in %s are a data set', (kind, language) => {
    for (const given of [usualInputs, inputs.slice(0, 3)]) {
      const { module, dataset } = newDatasetFiles({ name: 'mine', kind, language, inputs: given });
      const config = parseDatasetFile(dataset.text, join(folder.path, dataset.name));
      const path = join(folder.path, module.name);
      expect(languageOf(path)).toBe(language);
      expect(config.dataset.name).toBe(kind === 'metric' ? 'dummy' : 'custom');
      expect(config.metric).toMatchObject(
        kind === 'data' ? { name: 'topk' } : { name: 'custom', parameters: { path, higher_is_better: true } },
      );
    }
  });
});

it('names are those of files', () => {
  expect(['digits', '0', 'a.b-c_d'].map(newNameProblem)).toEqual([undefined, undefined, undefined]);
  for (const name of ['', ' ', '../a', 'a/b', 'a\\b', '.hidden', '-x', 'x\0', 'x'.repeat(61)]) {
    expect(newNameProblem(name)).toMatch(/\.$/);
  }
});
