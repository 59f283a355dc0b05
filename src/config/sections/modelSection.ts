// The section model of config.yaml, and what the framework named in it means for quantizing.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { configKeys } from '../../dictionary/tuningKeys/configKeys';
import type { CheckedSection } from '../checkedSection';
import { reportRepeated } from '../checkedSection';
import type { ProblemList } from '../configProblem';
import type { TuningConfig } from '../tuningConfig';

type Root = CheckedSection<typeof configKeys>;

/** @param looksForFile report a model file that does not exist */
export function modelSection(root: Root, problems: ProblemList, looksForFile: boolean): TuningConfig['model'] {
  const model = root.section('model');
  const quantization = root.section('quantization');
  const path = model.value('path');
  if (path !== undefined && looksForFile && !existsSync(path)) {
    model.report(problems, 'path', `There is no file ${path}.`, {
      code: 'missing-file',
      expected: 'the path of an ONNX file',
    });
  }
  reportRepeated(problems, model.find('inputs'), quantization.find('inputs'));
  reportRepeated(problems, model.find('outputs'), quantization.find('outputs'));
  return {
    name: model.value('name') ?? (path === undefined ? 'model' : basename(path).replace(/\.onnx$/i, '')),
    ...(path === undefined ? {} : { path }),
    inputs: model.value('inputs') ?? quantization.value('inputs') ?? [],
    outputs: model.value('outputs') ?? quantization.value('outputs') ?? [],
  };
}
