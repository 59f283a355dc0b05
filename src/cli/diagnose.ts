// `compressor-bench diagnose FLOAT INT8 --data DATASET.yaml`: where a quantized model loses accuracy, and time.
import { resolve } from 'node:path';
import { byError } from '../protocol/diagnosis';
import type { DiagnoseResult, OpDiagnosis, SpeedFinding } from '../protocol/diagnosis';
import type { Command } from './command';
import { exitCodes } from './command';
import { counted, formatLatency, formatMicroseconds, formatRatio, shortName } from './formats';
import { dimensionsOf, runCommandJob, threadsOf } from './job';
import { jobOptions } from './options';
import { withRemedy } from './speedRemedies';
import { plain, printJson, printLine, printNote, styled, table } from './terminal';

const sortings = ['error', 'time'] as const;
type Sorting = (typeof sortings)[number];

const defaultSamples = 10;
const defaultTop = 20;

export const diagnoseCommand: Command = {
  spec: {
    name: 'diagnose',
    positionals: 'FLOAT INT8',
    minPositionals: 2,
    maxPositionals: 2,
    summary: 'Show where a quantized model loses accuracy and time against the float model it was made from.',
    details: [
      'For every operator: the error of its output (MSE of values scaled to 0..1, and signal to noise in dB; errors of',
      'the operators before it included), its float range, and its time in both models. Then what keeps the quantized',
      'model from being faster. --json also has histograms of weights and activations.',
      '',
      'Example:\n  compressor-bench diagnose model.onnx model.int8.onnx --data dataset.yaml --sort time',
    ].join('\n'),
    options: [
      { name: 'data', type: 'text', value: 'DATASET.yaml', required: true, help: 'data set; labels are not needed' },
      {
        name: 'samples',
        type: 'integer',
        value: 'N',
        minimum: 1,
        help: 'samples that errors are measured on',
        defaultText: String(defaultSamples),
      },
      {
        name: 'sort',
        type: 'text',
        choices: sortings,
        help: 'what the table begins with: the largest error or the longest time',
        defaultText: 'error',
      },
      {
        name: 'top',
        type: 'integer',
        value: 'N',
        minimum: 1,
        help: 'rows of the table; --json has all',
        defaultText: String(defaultTop),
      },
      ...jobOptions,
    ],
  },
  async run(parsed, signal) {
    const [floatPath = '', int8Path = ''] = parsed.positionals;
    const result = await runCommandJob<'diagnose'>(
      {
        verb: 'diagnose',
        floatPath: resolve(floatPath),
        int8Path: resolve(int8Path),
        datasetPath: resolve(parsed.text('data') ?? ''),
        samples: parsed.number('samples') ?? defaultSamples,
        dimensions: dimensionsOf(parsed, [floatPath, int8Path]),
        threads: threadsOf(parsed),
      },
      { parsed, signal },
    );
    if (parsed.flag('json')) printJson(result);
    else {
      printLine(`${styled('bold', plain(int8Path))} against ${plain(floatPath)}, ${counted(result.samples, 'sample')}`);
      printResult(result, parsed.choice('sort', sortings) ?? 'error', parsed.number('top') ?? defaultTop);
    }
    return exitCodes.done;
  },
};

function printResult(result: DiagnoseResult, sorting: Sorting, top: number): void {
  const { float, int8 } = result.times;
  printLine(
    `one inference  ${formatLatency(float.wallUs / 1000)} ms → ${formatLatency(int8.wallUs / 1000)} ms  (${speedText(float.wallUs, int8.wallUs)})`,
  );
  const shown = result.ops.filter(({ opType }) => !movingTypes.has(opType)).sort(orders[sorting]);
  printLine();
  printLine(table(shown.slice(0, top).map(row), header));
  for (const note of tableNotes(result.ops.length, shown.length, top)) printLine(styled('dim', `  ${note}`));
  printLine();
  printFindings(result.findings, int8.wallUs < float.wallUs);
  for (const warning of result.warnings) printNote(`warning: ${warning}`);
}

function speedText(floatUs: number, int8Us: number): string {
  return int8Us <= floatUs ? `${formatRatio(floatUs / int8Us)} faster` : `${formatRatio(int8Us / floatUs)} slower`;
}

/** Operators that only move values have the error of what they move. */
const movingTypes: ReadonlySet<string> = new Set([
  ...['Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity', 'Slice', 'Split', 'Gather', 'Expand'],
]);

const orders: Readonly<Record<Sorting, (one: OpDiagnosis, other: OpDiagnosis) => number>> = {
  error: byError,
  // A null comes last.
  time: (one, other) => (other.int8Us ?? -1) - (one.int8Us ?? -1),
};

const header = ['operator', 'type', 'runs in', 'MSE', 'SQNR dB', 'float range', 'float µs', 'int8 µs'];

function row(op: OpDiagnosis): string[] {
  const { node, opType, precision, mse, sqnrDb, isRescaled, activationMin, activationMax, floatUs, int8Us } = op;
  return [
    shortName(node),
    opType,
    precision,
    isRescaled ? 'rescaled' : mse === null ? 'not finite' : mse.toExponential(1),
    isRescaled || sqnrDb === null ? '' : sqnrDb.toFixed(1),
    `${activationMin.toPrecision(3)} … ${activationMax.toPrecision(3)}`,
    microseconds(floatUs),
    microseconds(int8Us),
  ];
}

function microseconds(us: number | null): string {
  return us === null ? '' : formatMicroseconds(us);
}

function tableNotes(all: number, shown: number, top: number): string[] {
  const rest = [
    ...(shown > top ? [`${shown - top} more`] : []),
    ...(all > shown ? [`${all - shown} that only move values`] : []),
  ];
  return [
    'An operator without a time is computed by the kernel of one before or behind it.',
    ...(rest.length === 0 ? [] : [`Not shown: ${rest.join(', ')}; --json has all.`]),
  ];
}

function printFindings(findings: readonly SpeedFinding[], isFaster: boolean): void {
  if (findings.length === 0) {
    printLine('No operator, conversion or setting was found that keeps it from being faster.');
    return;
  }
  printLine(styled('bold', isFaster ? 'What keeps it from being faster still' : 'Why it is not faster'));
  for (const { code, message, ops } of findings) {
    printLine(`  - ${plain(withRemedy(code, message))}`);
    if (ops.length > 0) printLine(styled('dim', `    ${plain(listOf(ops))}`));
  }
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 4).map(shortName).join(', ');
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}
