// `compressor-bench projects …`: a model with everything that is tried on it.
import { resolve } from 'node:path';
import { domains } from '../../dictionary/benchTerms';
import type { Command, CommandGroup } from '../command';
import type { ParsedCommand } from '../options';
import { plain, printLine } from '../terminal';
import type { Answer } from './answer';
import { benchCommand, word } from './benchCommand';
import { outputNames } from './boundary';
import type { BenchDoor } from './benchDoor';
import { deleteCommand } from './deletion';
import { idOf } from './identify';
import { printFacts, printList, printProblems, sizeText } from './show';
import { slugs, termOf } from './terms';

const domainNames = domains.map(({ name }) => name).filter((name) => name !== '');

const listProjects = benchCommand(
  { name: 'projects list', positionals: '', minPositionals: 0, summary: 'List the projects.' },
  async (door) => {
    const answer = await door.call('project/list');
    door.print(answer, () => {
      const projects = answer.at('projects').items;
      const isEmpty = projects.length === 0 && !answer.at('problems').isThere;
      printList(
        ['id', 'name', 'created', 'changed'],
        projects.map((one) => ['id', 'name', 'created_at', 'modified_at'].map((key) => one.at(key).text())),
        isEmpty ? 'There are no projects yet.' : 'No project can be read.',
      );
      if (isEmpty) door.next('projects', 'add', 'NAME', '--model', 'MODEL.onnx');
    });
    await printProblems(door);
  },
);

const showProject = benchCommand(
  { name: 'projects show', positionals: 'PROJECT', minPositionals: 1, summary: 'Show a project and its model.' },
  async (door, parsed) => {
    const answer = await door.call('project', { id: await idOf(door, 'project', word(parsed, 0)) });
    door.print(answer, printProject);
  },
);

function printProject(project: Answer): void {
  const model = project.at('input_model');
  printFacts(`${project.at('name').text()} (project ${project.at('id').text()})`, [
    ['model', model.isThere ? model.at('path').text() : 'none'],
    ['size', sizeText(model.at('size_bytes'))],
    ['made for', model.at('domain', 'name').text()],
    ['precision', model.at('precision', 'name').text()],
    ['inputs', model.at('input_nodes').text()],
    ['outputs', model.at('output_nodes').text()],
    ['created', project.at('created_at').text()],
    ['changed', project.at('modified_at').text()],
  ]);
  const notes = project.at('notes').text('');
  if (notes !== '') printLine(`\n${plain(notes)}`);
}

const addProject = benchCommand(
  {
    name: 'projects add',
    positionals: 'NAME',
    minPositionals: 1,
    summary: 'Begin a project with a model.',
    details: [
      'What is not said about the model is found in it. With a shape, the project also gets the data set "dummy" of random',
      'inputs, so that latency can be measured at once.',
      '',
      'Example:\n  compressor-bench projects add mnist --model model.onnx',
    ].join('\n'),
    options: [
      { name: 'model', type: 'text', value: 'FILE', required: true, help: 'the model; it stays where it is' },
      { name: 'domain', type: 'text', choices: slugs(domainNames), help: 'what the model is for' },
      { name: 'shape', type: 'text', value: 'SHAPE', help: 'of a sample of each input: 224,224,3 or [1,3],[7]' },
      { name: 'inputs', type: 'text', value: 'A,B', help: 'names of the inputs' },
      { name: 'outputs', type: 'text', value: 'A,B', help: 'names of the outputs' },
      { name: 'precision', type: 'text', value: 'NAME', help: 'element type of the model', defaultText: 'fp32' },
    ],
  },
  async (door, parsed) => {
    const answer = await door.call('project/create', {
      name: word(parsed, 0),
      model: await modelOf(door, parsed),
    });
    door.print(answer, () => {
      const id = answer.at('project_id').text();
      const data = answer.at('dataset_id');
      const dummy = data.value === -1 ? '' : `, and data set ${data.text()} of random inputs`;
      printLine(`Project ${id} is made, with model ${answer.at('model_id').text()}${dummy}.`);
      door.next('datasets', 'add', id, 'NAME', '--file', 'DATASET.yaml');
    });
  },
);

/** The model of the request: as the options say, the rest as the bench finds it in the file. */
async function modelOf(door: BenchDoor, parsed: ParsedCommand): Promise<Readonly<Record<string, unknown>>> {
  const path = resolve(parsed.text('model') ?? '');
  const found = await door.finish('model/boundary_nodes', { model_path: path });
  return {
    path,
    input_nodes: parsed.text('inputs') ?? found.at('inputs').value,
    output_nodes: parsed.text('outputs') ?? outputNames(found),
    domain: termOf(parsed.text('domain'), domainNames) ?? found.at('domain').text(''),
    shape: parsed.text('shape') ?? found.at('shape').text(''),
    precision: parsed.text('precision') ?? found.at('precision').text('fp32'),
  };
}

const noteProject = benchCommand(
  {
    name: 'projects note',
    positionals: 'PROJECT TEXT',
    minPositionals: 2,
    summary: 'Replace the notes of a project; "" removes them.',
  },
  async (door, parsed) => {
    const id = await idOf(door, 'project', word(parsed, 0));
    door.print(await door.call('project/note', { id, notes: word(parsed, 1) }), () =>
      printLine(`Project ${id} has new notes.`),
    );
  },
);

const verbs: readonly Command[] = [
  listProjects,
  showProject,
  addProject,
  noteProject,
  deleteCommand('project', 'Delete a project with everything in it.'),
];

export const projectsGroup: CommandGroup = {
  name: 'projects',
  summary: 'A model with all that is tried on it: add, list, show, note, delete.',
  details: [
    'PROJECT is an id or a name that no other project has. Everything lies as plain files in .compressor-bench/ of the',
    'current folder, or of --workspace DIR.',
    '',
    'Example:\n  compressor-bench projects add mnist --model model.onnx',
  ].join('\n'),
  verbs,
};
