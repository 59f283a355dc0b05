// A new data set file with a module of its own beside it, as texts.
import type { CodeLanguage, NewDatasetKind } from '../../protocol/ownCode';
import { codeEndings, moduleText } from './moduleText';
import type { ModuleInput, ModuleParts } from './moduleText';

/** What is asked for. */
export interface NewDataset {
  /** Of both files, without their endings; `newNameProblem` finds nothing wrong with it. */
  readonly name: string;
  readonly kind: NewDatasetKind;
  readonly language: CodeLanguage;
  readonly inputs: readonly ModuleInput[];
}

/** A file to be written. */
export interface NewFile {
  readonly name: string;
  readonly text: string;
}

/** The module and the data set file that names it; both run as they are. */
export function newDatasetFiles({ name, kind, language, inputs }: NewDataset): {
  readonly module: NewFile;
  readonly dataset: NewFile;
} {
  const parts: ModuleParts = { loader: kind !== 'metric', metric: kind !== 'data' };
  const module = `${name}${codeEndings[language]}`;
  const dataset = `${name}.dataset.bench.yaml`;
  return {
    module: { name: module, text: moduleText(parts, inputs, language) },
    dataset: { name: dataset, text: datasetText(parts, { module, dataset }, inputs) },
  };
}

function datasetText(
  { loader, metric }: ModuleParts,
  names: { readonly module: string; readonly dataset: string },
  inputs: readonly ModuleInput[],
): string {
  const what = loader && metric ? 'reads the data and judges results' : loader ? 'reads the data' : 'judges results';
  return `# ${names.module} ${what}. Look at the first samples with "Preview" above this line, or with
#   compressor-bench datasets preview ${names.dataset}
dataset:
${loader ? customText(names.module, true) : dummyText(inputs)}
batch_size: 1
metric:
${metric ? customText(names.module, false) : '  topk: 1'}
`;
}

function customText(module: string, isLoader: boolean): string {
  const more = isLoader ? '# Your module is given all other keys, such as "root: data".' : 'higher_is_better: true';
  return `  custom:\n    path: ${module}\n    ${more}`;
}

/** Random samples as they are without data: as many as a metric can be tried on. */
function dummyText(inputs: readonly ModuleInput[]): string {
  const shapes = inputs.map(({ dims }) => `[${[16, ...dims].join(', ')}]`);
  const types = inputs.map(({ type }) => (dummyTypes.has(type) ? type : 'float32'));
  const [shape = '[16, 3, 224, 224]'] = shapes;
  return `  # Random samples: name the loader of your data instead.
  dummy:
    shape: ${shapes.length > 1 ? `[${shapes.join(', ')}]` : shape}
    low: 0
    high: 1
    dtype: ${types.length > 1 ? `[${types.join(', ')}]` : (types[0] ?? 'float32')}`;
}

/** Element types that the loader dummy has. */
const dummyTypes: ReadonlySet<string> = new Set(['float32', 'float16', 'uint8', 'int8', 'int32', 'int64', 'bool']);
