// config.yaml: a tuning with its goal, read and checked with positions (SYSTEMS §2).
import { dirname, resolve } from 'node:path';
import type { SectionKey } from '../dictionary/tuningKeys/configKey';
import { configKeys } from '../dictionary/tuningKeys/configKeys';
import { CheckedSection } from './checkedSection';
import { checkSection } from './checkSection';
import type { SectionContext } from './checkSection';
import { configErrors } from './configErrors';
import { ProblemList } from './configProblem';
import type { ConfigProblem } from './configProblem';
import { maximumConfigBytes, readConfigText } from './configText';
import { graphOptimizationSection, mixedPrecisionSection } from './sections/conversionSection';
import { accuracySection, performanceSection } from './sections/evaluationSection';
import { modelSection } from './sections/modelSection';
import { optional } from './sections/optional';
import { quantizationSection } from './sections/quantizationSection';
import { tuningSection } from './sections/tuningSection';
import type { TuningConfig } from './tuningConfig';
import { parseYamlTree } from './yamlTree';

const wholeFile = {
  kind: 'section',
  title: 'Tuning config of Compressor Bench',
  help: 'A model, how it may be quantized, the accuracy goal, and how accuracy and performance are measured.',
  keys: configKeys,
} as const satisfies SectionKey;

export interface TuningCheckOptions {
  /** Report the model, and the files of data sets, that do not exist. */
  readonly looksForFiles?: boolean;
  /** The model is named elsewhere (`--model`): the one in the file need not exist. */
  readonly isModelNamedElsewhere?: boolean;
  /** It is to be tuned: a file that only says how a model is evaluated, as benchmarks have it, is not enough. */
  readonly isToBeTuned?: boolean;
}

/**
 * Reads and checks a config.yaml and the data set files it names; the model and the data have to exist.
 *
 * @throws ConfigError with every problem found; FileError when the config cannot be read
 */
export function readTuningConfig(
  path: string,
  options: Pick<TuningCheckOptions, 'isModelNamedElsewhere' | 'isToBeTuned'> = {},
): TuningConfig {
  const file = resolve(path);
  const { config, problems } = checkTuningText(readConfigText(file), file, {
    isToBeTuned: true,
    ...options,
    looksForFiles: true,
  });
  if (config === undefined) throw configErrors.invalid(path, problems);
  return config;
}

/**
 * Checks the text of a config.yaml; relative paths in it are resolved against the folder of `path`. Either there is a
 * config, or problems in the order of the text.
 */
export function checkTuningText(
  text: string,
  path: string,
  options: TuningCheckOptions = {},
): { config?: TuningConfig; problems: readonly ConfigProblem[] } {
  const problems = new ProblemList();
  const start = { path: '', position: { line: 1, column: 1 } };
  if (text.length > maximumConfigBytes) {
    problems.add('', start.position, `A configuration of more than ${maximumConfigBytes} characters is not read.`);
    return { problems: problems.problems };
  }
  const { tree, problems: yamlProblems } = parseYamlTree(text);
  if (yamlProblems.length > 0) return { problems: yamlProblems };
  if (tree?.kind !== 'map') {
    problems.add('', tree?.position ?? start.position, 'The file does not describe a tuning.', {
      expected: 'keys such as model, quantization, tuning and evaluation',
    });
    return { problems: problems.problems };
  }
  const looksForFiles = options.looksForFiles === true;
  const context: SectionContext = { problems, file: path, folder: dirname(path), looksForFiles };
  const root = new CheckedSection<typeof configKeys>(checkSection(tree, wholeFile, start, context));
  const looksForModel = looksForFiles && options.isModelNamedElsewhere !== true;
  const isEnough = options.isToBeTuned !== true && onlyEvaluates(root);
  const config = configOf(root, path, problems, { looksForModel, needsCalibration: !isEnough });
  const found = problems.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return found.length > 0 ? { problems: found } : { config, problems: found };
}

function configOf(
  root: CheckedSection<typeof configKeys>,
  path: string,
  problems: ProblemList,
  { looksForModel, needsCalibration }: { readonly looksForModel: boolean; readonly needsCalibration: boolean },
): TuningConfig {
  return {
    path,
    model: modelSection(root, problems, looksForModel),
    task: taskOf(root, problems, needsCalibration),
    tuning: tuningSection(root, problems),
    ...optional('accuracy', accuracySection(root, problems)),
    performance: performanceSection(root, problems),
  };
}

/** Whether a file says how a model is evaluated, and nothing of how it is changed. */
function onlyEvaluates(root: CheckedSection<typeof configKeys>): boolean {
  const changes = ['quantization', 'graph_optimization', 'mixed_precision', 'tuning'] as const;
  return root.section('evaluation').isPresent && !changes.some((name) => root.section(name).isPresent);
}

/** Quantization, unless a conversion is there; one file is one task. */
function taskOf(
  root: CheckedSection<typeof configKeys>,
  problems: ProblemList,
  needsCalibration: boolean,
): TuningConfig['task'] {
  const tasks = (['quantization', 'graph_optimization', 'mixed_precision'] as const).filter(
    (name) => root.section(name).isPresent,
  );
  const [kind = 'quantization', ...others] = tasks;
  for (const other of others) {
    root.report(problems, other, `${kind} and ${other} are both there; a tuning is one of the two.`, {
      expected: `either ${kind} or ${other}`,
    });
  }
  switch (kind) {
    case 'quantization':
      return { kind, quantization: quantizationSection(root, problems, needsCalibration) };
    case 'graph_optimization':
      return { kind, conversion: graphOptimizationSection(root, problems) };
    case 'mixed_precision':
      return { kind, conversion: mixedPrecisionSection(root, problems) };
  }
}
