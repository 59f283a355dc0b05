// `compressor-bench datasets …`: the data a project's models are calibrated, evaluated and measured with.
import { domains, domainFlavours } from '../../dictionary/benchTerms';
import type { Command, CommandGroup } from '../command';
import { printLine } from '../terminal';
import type { Answer } from './answer';
import { benchCommand, word } from './benchCommand';
import { datasetOptions, datasetParameters } from './datasetOptions';
import { previewDataset } from './datasetPreview';
import { deleteCommand } from './deletion';
import { idOf } from './identify';
import { listCommand } from './listing';
import { newDataset } from './newDataset';
import { printFacts } from './show';
import { slugs, termOf } from './terms';

const kind = 'dataset';
const domainNames = domains.map(({ name }) => name).filter((name) => name !== '');
const flavourNames = domainFlavours.map(({ name }) => name).filter((name) => name !== '');

const listDatasets = listCommand({
  kind,
  summary: 'List the data sets of a project.',
  header: ['id', 'name', 'loader', 'created'],
  row: (one) => ['id', 'name', 'dataset_type', 'created_at'].map((key) => one.at(key).text()),
  addition: ['NAME', '--file', 'DATASET.yaml'],
});

const showDataset = benchCommand(
  {
    name: 'datasets show',
    positionals: 'DATASET',
    minPositionals: 1,
    summary: 'Show a data set: loader, transforms and metric with their parameters.',
  },
  async (door, parsed) => {
    door.print(await door.call(kind, { id: await idOf(door, kind, word(parsed, 0)) }), printDataset);
  },
);

function printDataset(dataset: Answer): void {
  const steps = dataset.at('transforms').items;
  const metric = dataset.at('metric');
  printFacts(`${dataset.at('name').text()} (data set ${dataset.at('id').text()})`, [
    ['loader', dataset.at('dataset_type').text()],
    ...dataset.at('parameters').entries.map(([name, value]): [string, string] => [`  ${name}`, value.text()]),
    ['transforms', steps.length === 0 ? 'none' : ''],
    ...steps.map((step): [string, string] => [`  ${step.at('name').text()}`, parametersText(step.at('params'))]),
    [
      'metric',
      metric.at('name').isThere ? `${metric.at('name').text()} ${parametersText(metric.at('param'))}` : 'none',
    ],
    ['your code', dataset.at('template_path').textIfAny],
    ['created', dataset.at('created_at').text()],
  ]);
}

/** `k: 1, output: y`. */
function parametersText(parameters: Answer): string {
  const { entries } = parameters;
  if (entries.length === 0) return typeof parameters.value === 'object' ? '' : parameters.text('');
  return entries.map(([name, value]) => `${name}: ${value.text()}`).join(', ');
}

const addDataset = benchCommand(
  {
    name: 'datasets add',
    positionals: 'PROJECT NAME',
    minPositionals: 2,
    summary: 'Add a data set to a project: from a data set file, or described by options.',
    details: [
      'The data stays where it is. "compressor-bench dictionary loaders" lists what can read data, "dictionary transforms" and',
      '"dictionary metrics" the rest. The loader "custom" without a path begins a module of your own.',
      '',
      'Examples:',
      '  compressor-bench datasets add mnist digits --file evaluation.yaml',
      "  compressor-bench datasets add photos val --loader ImageFolder --path pictures --transform 'Resize: 224' --metric 'topk: 1'",
    ].join('\n'),
    options: datasetOptions,
  },
  async (door, parsed) => {
    const description = datasetParameters(parsed);
    const projectId = await idOf(door, 'project', word(parsed, 0));
    const answer = await door.call('dataset/add', { project_id: projectId, name: word(parsed, 1), ...description });
    door.print(answer, () => {
      const id = answer.at('dataset_id').text();
      printLine(`Data set ${id} is ready.`);
      door.next('optimizations', 'add', projectId, 'NAME', '--dataset', id);
    });
  },
);

const predefinedDataset = benchCommand(
  {
    name: 'datasets predefined',
    positionals: '',
    minPositionals: 0,
    summary: 'Show the data set that is usual for a kind of model.',
    options: [
      {
        name: 'domain',
        type: 'text',
        choices: slugs(domainNames),
        help: 'what the model is for',
        defaultText: 'image-recognition',
      },
      { name: 'flavour', type: 'text', choices: slugs(flavourNames), help: 'family within the domain' },
      { name: 'framework', type: 'text', value: 'NAME', help: 'what the model comes from', defaultText: 'ONNXRT' },
    ],
  },
  async (door, parsed) => {
    const answer = await door.call('dataset/predefined', {
      framework: parsed.text('framework') ?? 'ONNXRT',
      domain: termOf(parsed.text('domain'), domainNames) ?? 'Image Recognition',
      domain_flavour: termOf(parsed.text('flavour'), flavourNames) ?? '',
    });
    door.print(answer, printPredefined);
  },
);

function printPredefined(predefined: Answer): void {
  const loader = predefined.at('dataloader');
  const listed = (parameters: Answer): string =>
    parameters.items.map((one) => `${one.at('name').text()}: ${one.at('value').text()}`).join(', ');
  const metric = predefined.at('metric');
  printFacts(loader.at('name').text('No loader'), [
    ['parameters', listed(loader.at('params')) || 'none'],
    ...predefined
      .at('transform')
      .items.map((step): [string, string] => [step.at('name').text(), listed(step.at('params'))]),
    ['metric', metric.isThere ? `${metric.text()} ${parametersText(predefined.at('metric_param'))}` : 'none'],
  ]);
}

const verbs: readonly Command[] = [
  listDatasets,
  showDataset,
  newDataset,
  previewDataset,
  addDataset,
  deleteCommand(kind, 'Delete a data set that nothing uses; the data stays.'),
  predefinedDataset,
];

export const datasetsGroup: CommandGroup = {
  name: 'datasets',
  summary: 'Data to calibrate, evaluate and measure with: new, add, list, show, preview, delete, predefined.',
  details: 'DATASET is an id or a name that no other data set has.',
  verbs,
};
