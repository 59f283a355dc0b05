// Verbs of `models` about quantized ones: what keeps them from being faster or better, op by op.
import { formatLatency, formatMicroseconds, shortName } from '../formats';
import type { Command } from '../command';
import { withRemedy } from '../speedRemedies';
import { plain, printLine, printNote } from '../terminal';
import type { Answer } from './answer';
import { benchCommand, word } from './benchCommand';
import type { BenchDoor } from './benchDoor';
import { idOf } from './identify';
import { printFacts, printList } from './show';

const takesTime = 'The first question about a model makes the diagnosis, as a job in the queue; later ones find it.';

/** Parameters that name a model in its project. */
async function modelParameters(door: BenchDoor): Promise<Readonly<Record<string, unknown>>> {
  const id = await idOf(door, 'model', word(door.parsed, 0));
  return { project_id: (await door.bench.get('model', id)).projectId, model_id: id };
}

const notQuantized = 'There is nothing to diagnose: no quantization of the bench made this model.';

const diagnosisOfModel = benchCommand(
  {
    name: 'models diagnosis',
    positionals: 'MODEL',
    minPositionals: 1,
    summary: 'Say what keeps a quantized model from being faster, measured beside its float model.',
    details: takesTime,
  },
  async (door, parsed) => {
    const answer = await door.call('diagnosis', await modelParameters(door));
    door.print(answer, () => {
      if (!answer.at('samples').isThere) {
        printLine(notQuantized);
        return;
      }
      printFacts(`diagnosis of model ${word(parsed, 0)}`, [
        ['float', timeText(answer.at('float_time'))],
        ['int8', timeText(answer.at('int8_time'))],
        ['samples', answer.at('samples').text()],
      ]);
      for (const finding of answer.at('findings').items) {
        printLine(plain(`- ${withRemedy(finding.at('code').text(), finding.at('message').text())}`));
      }
      for (const warning of answer.at('warnings').items) printNote(`warning: ${warning.text()}`);
      door.next('models', 'ops', word(parsed, 0));
    });
  },
);

/** Microseconds as a latency. */
function timeText(us: Answer): string {
  return us.number === undefined ? '–' : `${formatLatency(us.number / 1000)} ms`;
}

/** Rows shown to people; JSON has all. */
const shownRows = 30;

const opsOfModel = benchCommand(
  {
    name: 'models ops',
    positionals: 'MODEL',
    minPositionals: 1,
    summary: 'List the ops of a quantized model with the errors of their outputs, the largest first.',
    details: takesTime,
  },
  async (door, parsed) => {
    const answer = await door.call('diagnosis/op_list', await modelParameters(door));
    door.print(answer, () => {
      const ops = answer.items;
      printList(
        ['op', 'type', 'precision', 'MSE', 'SQNR dB', 'µs float', 'µs int8', 'min', 'max'],
        ops.slice(0, shownRows).map(opRow),
        notQuantized,
      );
      if (ops.length > shownRows) printNote(`and ${ops.length - shownRows} more, with --json`);
      const name = ops[0]?.at('OP name').text();
      if (name !== undefined) door.next('models', 'op', word(parsed, 0), name);
    });
  },
);

function opRow(op: Answer): string[] {
  const figure = (key: string, show: (value: number) => string): string => {
    const value = op.at(key).number;
    return value === undefined ? '–' : show(value);
  };
  return [
    shortName(op.at('OP name').text()),
    op.at('op_type').text(),
    op.at('precision').text(),
    figure('MSE', (value) => value.toExponential(2)),
    figure('sqnr_db', (value) => value.toFixed(1)),
    figure('float_time', formatMicroseconds),
    figure('int8_time', formatMicroseconds),
    short(op.at('Activation Min')),
    short(op.at('Activation Max')),
  ];
}

/** A figure with four digits. */
function short(value: Answer): string {
  return value.number === undefined ? '–' : String(Number(value.number.toPrecision(4)));
}

const opOfModel = benchCommand(
  {
    name: 'models op',
    positionals: 'MODEL OP',
    minPositionals: 2,
    summary: 'Show how one op of a quantized model computes.',
    details: takesTime,
  },
  async (door, parsed) => {
    const answer = await door.call('diagnosis/op_details', {
      ...(await modelParameters(door)),
      op_name: word(parsed, 1),
    });
    door.print(answer, () => {
      if (answer.at('OP name').isThere) printOp(answer, door);
      else printLine(plain(`The diagnosis knows no op ${JSON.stringify(word(parsed, 1))}.`));
    });
  },
);

function printOp(op: Answer, door: BenchDoor): void {
  printFacts(op.at('OP name').text(), [
    [
      'pattern',
      `${op
        .at('Pattern', 'sequence')
        .items.map((type) => type.text())
        .join(' + ')}, ${op.at('Pattern', 'precision').text()}`,
    ],
    ['weights', [op.at('Weights', 'dtype').text(), op.at('Weights', 'granularity').text('')].join(' ').trim()],
    ['activation', op.at('Activation', 'dtype').text()],
    ['range', `${short(op.at('Activation Min'))} … ${short(op.at('Activation Max'))}`],
    ['MSE', op.at('MSE').number?.toExponential(2)],
    ['SQNR dB', op.at('sqnr_db').number?.toFixed(1)],
    ['float', timeText(op.at('float_time'))],
    ['int8', timeText(op.at('int8_time'))],
  ]);
  door.next('models', 'histogram', ...door.parsed.positionals, '--of', 'activation');
}

const histogramOfOp = benchCommand(
  {
    name: 'models histogram',
    positionals: 'MODEL OP',
    minPositionals: 2,
    summary: 'Show how the weights or the activations of an op are distributed, in float and in 8 bits.',
    details: takesTime,
    options: [
      { name: 'of', type: 'text', choices: ['weights', 'activation'], required: true, help: 'which of its values' },
    ],
  },
  async (door, parsed) => {
    const answer = await door.call('diagnosis/histogram', {
      ...(await modelParameters(door)),
      op_name: word(parsed, 1),
      type: parsed.text('of'),
    });
    door.print(answer, () => {
      const series = answer.items.flatMap((one) => one.at('histograms').items);
      if (series.length === 0)
        printLine(plain(`The diagnosis has no such values of ${JSON.stringify(word(parsed, 1))}.`));
      for (const one of series) printHistogram(one);
    });
  },
);

const bars = 24;

/** Neighbouring bins together, as bars. */
function printHistogram(series: Answer): void {
  const counts = series.at('counts').items.map((count) => count.number ?? 0);
  const [min, max] = [series.at('min').number ?? 0, series.at('max').number ?? 0];
  const width = Math.max(1, Math.ceil(counts.length / bars));
  const sums = Array.from({ length: Math.ceil(counts.length / width) }, (_, bar) =>
    counts.slice(bar * width, (bar + 1) * width).reduce((sum, count) => sum + count, 0),
  );
  const most = Math.max(1, ...sums);
  const start = (bar: number): string =>
    (min + ((max - min) * bar * width) / Math.max(1, counts.length)).toPrecision(4);
  printList(
    [series.at('series').text(), 'values', ''],
    sums.map((sum, bar) => [start(bar), String(sum), '█'.repeat(Math.ceil((sum / most) * 40))]),
    'No values.',
  );
}

export const diagnosisVerbs: readonly Command[] = [diagnosisOfModel, opsOfModel, opOfModel, histogramOfOp];
