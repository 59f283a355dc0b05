// `compressor-bench examples …`: well-known models to begin with, bundled or downloaded on request.
import { nearestName } from '../../config/nearestName';
import type { CommandGroup } from '../command';
import { plain, printLine, ProgressLine } from '../terminal';
import type { Answer } from './answer';
import { benchCommand, word } from './benchCommand';
import type { BenchDoor } from './benchDoor';
import { doorErrors, words } from './doorErrors';
import { printList, sizeText } from './show';

const listExamples = benchCommand(
  { name: 'examples list', positionals: '', minPositionals: 0, summary: 'List the models a project can begin with.' },
  async (door) => {
    const answer = await door.call('examples/list');
    door.print(answer, () => {
      printList(
        ['model', 'made for', 'size', 'licence', 'from'],
        answer.items.map((one) => [
          one.at('model').text(),
          one.at('domain').text(),
          sizeText(one.at('size_bytes')),
          one.at('licence').text(),
          one.at('bundled').value === true ? 'comes along' : 'download',
        ]),
        'There are none.',
      );
      door.next('examples', 'add', answer.items[0]?.at('model').text() ?? 'MODEL');
    });
  },
);

const addExample = benchCommand(
  {
    name: 'examples add',
    positionals: 'MODEL',
    minPositionals: 1,
    summary: 'Begin a project with an example: model, data, an optimization and a benchmark.',
    details: [
      'Bundled examples need no network. Others are downloaded once, checked and kept; a download that was interrupted goes on',
      'where it stopped. HTTPS_PROXY and NO_PROXY are obeyed.',
    ].join('\n'),
    options: [{ name: 'name', type: 'text', value: 'NAME', help: 'what the project is called', defaultText: 'MODEL' }],
  },
  async (door, parsed) => {
    const wanted = word(parsed, 0);
    const examples = (await door.call('examples/list')).items;
    const example = examples.find((one) => one.at('model').value === wanted);
    if (example === undefined)
      throw doorErrors.noSuchExample(
        wanted,
        nearestName(
          wanted,
          examples.map((one) => one.at('model').text()),
        ),
      );
    const progress = new ProgressLine(parsed.flag('json'));
    const phase = example.at('bundled').value === true ? 'copying the model' : 'fetching the model';
    const answer = await door.finish(
      'examples/add',
      {
        name: parsed.text('name') ?? wanted,
        framework: example.at('framework').value,
        domain: example.at('domain').value,
        model: wanted,
        progress_steps: 100,
      },
      (subject, data) => {
        const percent = data.at('progress').number;
        if (subject === 'download_progress' && percent !== undefined)
          progress.show({ phase, done: percent, total: 100, unit: '%' });
      },
    );
    progress.clear();
    door.print(answer, printAdded);
  },
);

function printAdded(added: Answer, door: BenchDoor): void {
  const [project, optimization] = [added.at('project_id').text(), added.at('optimization_id').text()];
  const parts = ['model', 'dataset', 'optimization', 'benchmark'].flatMap((kind) => {
    const id = added.at(`${kind}_id`);
    return id.isThere && id.value !== -1 ? [`${words(kind)} ${id.text()}`] : [];
  });
  printLine(plain(`Project ${project} is ready: ${parts.join(', ')}.`));
  if (optimization !== '–') door.next('optimizations', 'run', optimization);
}

export const examplesGroup: CommandGroup = {
  name: 'examples',
  summary: 'Well-known models to begin a project with: list, add.',
  verbs: [listExamples, addExample],
};
