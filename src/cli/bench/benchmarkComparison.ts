// `compressor-bench benchmarks compare`: results side by side, as they are; those of one machine and batch can be compared.
import { formatRatio } from '../formats';
import { printJson, printNote } from '../terminal';
import { usageError } from '../usageError';
import type { Answer } from './answer';
import { benchCommand } from './benchCommand';
import { accuracyOf, performanceOf } from './benchmarkView';
import { idOf } from './identify';
import { printList, stateCell } from './show';

export const compareBenchmarks = benchCommand(
  {
    name: 'benchmarks compare',
    positionals: 'BENCHMARK BENCHMARK...',
    minPositionals: 2,
    maxPositionals: 50,
    summary: 'Show the results of benchmarks beside each other, the first as the measure.',
    details: [
      'Figures of different runs also differ by what else the machine did. "compressor-bench benchmark MODEL MODEL" measures',
      'models in turns and says whether the difference is more than noise.',
    ].join('\n'),
  },
  async (door, parsed) => {
    const ids = [];
    for (const name of parsed.positionals) ids.push(await idOf(door, 'benchmark', name));
    if (new Set(ids).size < ids.length) throw usageError('A benchmark is named twice.', parsed.spec.name);
    const benchmarks = [];
    for (const id of ids) benchmarks.push(await door.call('benchmark', { id }));
    if (parsed.flag('json')) {
      printJson({ benchmarks: benchmarks.map(({ value }) => value) });
      return;
    }
    const [first] = benchmarks;
    printList(
      ['id', 'name', 'model', 'batch', 'state', 'accuracy', 'samples/s', 'speed'],
      benchmarks.map((one) => [
        one.at('id').text(),
        one.at('name').text(),
        one.at('model', 'name').text('gone'),
        one.at('batch_size').text(),
        stateCell(one),
        accuracyOf(one),
        performanceOf(one),
        speedBeside(first, one),
      ]),
      '',
    );
    for (const difference of differences(benchmarks)) printNote(`note: ${difference}`);
    const disturbed = benchmarks.filter((one) => one.at('result', 'warnings').items.length > 0);
    if (disturbed.length > 0) {
      const names = disturbed.map((one) => one.at('id').text()).join(', ');
      printNote(`note: there were warnings about ${names}: "benchmarks show ID" has them.`);
    }
    const missing = benchmarks.find((one) => !one.at('result').isThere);
    if (missing !== undefined) door.next('benchmarks', 'run', missing.at('id').text());
  },
);

function speedBeside(first: Answer | undefined, one: Answer): string {
  const [measure, value] = [first?.at('result', 'performance').number, one.at('result', 'performance').number];
  return measure === undefined || value === undefined || measure <= 0 ? '–' : formatRatio(value / measure);
}

/** What else differs, so that the figures do not say what they seem to. */
function differences(benchmarks: readonly Answer[]): string[] {
  const measured = benchmarks.filter((one) => one.at('result', 'performance').isThere);
  return (
    [
      [['batch_size'], 'the batch sizes differ'],
      [['cores_per_instance'], 'the cores of an instance differ'],
      [['number_of_instance'], 'the numbers of instances differ'],
      [['result', 'machine', 'cpuModel'], 'they were measured on different machines'],
    ] as const
  ).flatMap(([names, words]) =>
    new Set(measured.map((one) => one.at(...names).text())).size > 1
      ? [`${words}: the speeds are not of the models alone.`]
      : [],
  );
}
