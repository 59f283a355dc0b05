// `compressor-bench models …`: the models of a project, given and made, and what can be asked about them.
import { resolve } from 'node:path';
import type { Command, CommandGroup } from '../command';
import { graphOptions, printGraph, withGraph } from '../graph';
import type { ParsedCommand } from '../options';
import { printJson } from '../terminal';
import { usageError } from '../usageError';
import type { Answer } from './answer';
import { outputNames } from './boundary';
import { benchCommand, word } from './benchCommand';
import type { BenchDoor } from './benchDoor';
import { downloadCommand } from './downloads';
import { idOf } from './identify';
import { diagnosisVerbs } from './modelDiagnosis';
import { listCommand } from './listing';
import { printFacts, sizeText } from './show';

const kind = 'model';

const listModels = listCommand({
  kind,
  summary: 'List the models of a project: the given one and those that were made.',
  header: ['id', 'name', 'precision', 'size', 'created', 'path'],
  row: (one) => [
    one.at('id').text(),
    one.at('name').text(),
    one.at('precision', 'name').text(),
    sizeText(one.at('size_bytes')),
    one.at('created_at').text(),
    one.at('path').text(),
  ],
});

const showModel = benchCommand(
  { name: 'models show', positionals: 'MODEL', minPositionals: 1, summary: 'Show a model of a project.' },
  async (door, parsed) => {
    const { id, projectId } = await door.bench.get(kind, await idOf(door, kind, word(parsed, 0)));
    const models = (await door.call('model/list', { project_id: projectId })).at('models').items;
    const answer = models.find((one) => one.at('id').value === id);
    if (answer !== undefined) door.print(answer, printModel);
  },
);

function printModel(model: Answer): void {
  printFacts(`${model.at('name').text()} (model ${model.at('id').text()})`, [
    ['path', model.at('path').text()],
    ['sha256', model.at('sha256').textIfAny],
    ['size', sizeText(model.at('size_bytes'))],
    ['framework', model.at('framework', 'name').text()],
    ['precision', model.at('precision', 'name').text()],
    ['made for', model.at('domain', 'name').text()],
    ['flavour', model.at('domain_flavour', 'name').textIfAny],
    ['inputs', model.at('input_nodes').text()],
    ['outputs', model.at('output_nodes').text()],
    ['created', model.at('created_at').text()],
  ]);
}

const graphOfModel = benchCommand(
  {
    name: 'models graph',
    positionals: 'MODEL',
    minPositionals: 1,
    summary: 'Show the graph of a model in groups.',
    details: 'The command "graph" does it with a model file.',
    options: graphOptions.filter(({ name }) => name !== 'limit'),
  },
  async (door, parsed) => {
    const path = await pathOf(door, parsed);
    if (parsed.flag('json')) printJson((await graphAnswer(door, parsed, path)).value);
    else withGraph(parsed, path, (graph) => printGraph(path, graph));
  },
);

/** Where a model lies. */
async function pathOf(door: BenchDoor, parsed: ParsedCommand): Promise<string> {
  const record = await door.bench.get(kind, await idOf(door, kind, word(parsed, 0)));
  return door.bench.absolutePath(record.path);
}

function graphAnswer(door: BenchDoor, parsed: ParsedCommand, path: string): Promise<Answer> {
  const group = parsed.texts('expand');
  const operator = parsed.text('op');
  const pattern = parsed.text('pattern');
  if (operator === undefined && pattern !== undefined) throw usageError('--pattern needs --op NODE.', parsed.spec.name);
  if (operator === undefined) return door.call('model/graph', { path, group });
  const types = pattern === undefined ? [] : pattern.split(',').map((type) => type.trim());
  return door.call('model/graph/highlight_pattern', { path, op_name: operator, pattern: types, group });
}

const boundaryOfModel = benchCommand(
  {
    name: 'models boundary',
    positionals: 'FILE',
    minPositionals: 1,
    summary: 'Find out about a model file what a new project asks: inputs, outputs, domain, shape.',
  },
  async (door, parsed) => {
    const path = resolve(word(parsed, 0));
    const answer = await door.finish('model/boundary_nodes', { model_path: path });
    door.print(answer, () => {
      printFacts(path, [
        ['framework', answer.at('framework').text()],
        ['inputs', answer.at('inputs').text()],
        ['outputs', outputNames(answer).join(', ')],
        ['domain', answer.at('domain').text()],
        ['flavour', answer.at('domain_flavour').textIfAny],
        ['shape', answer.at('shape').text()],
      ]);
      door.next('projects', 'add', 'NAME', '--model', word(parsed, 0));
    });
  },
);

const verbs: readonly Command[] = [
  listModels,
  showModel,
  graphOfModel,
  boundaryOfModel,
  ...diagnosisVerbs,
  downloadCommand({ kind, name: 'models download', path: 'model/download', summary: 'Copy a model out of the bench.' }),
];

export const modelsGroup: CommandGroup = {
  name: 'models',
  summary: 'The models of projects: list, show, graph, download, what keeps them from being faster …',
  details: [
    'MODEL is an id or a name that no other model has. Models come from "projects add" and from optimizations that were run.',
  ].join('\n'),
  verbs,
};
