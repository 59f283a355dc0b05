// `compressor-bench quantize MODEL -o OUT`: a smaller model, calibrated, verified, with a report.
import { resolve } from 'node:path';
import { defaultRecipe } from '../config/recipe';
import type { QuantizationRecipe } from '../config/recipe';
import { createRunFolder } from '../jobs/runFolder';
import type { QuantizeResult } from '../protocol/jobs';
import type { Command } from './command';
import { exitCodes } from './command';
import { formatDuration, formatSizeChange } from './formats';
import { bytesText } from '../protocol/byteText';
import { countsText } from './inspect';
import { dimensionsOf, runCommandJob, runWorkspaceOf, threadsOf } from './job';
import { keptFloatLines } from './keptFloat';
import type { ParsedCommand } from './options';
import { jobOptions, workspaceOption } from './options';
import { checkReportPath, refuseOverwriting } from './outputPaths';
import { quantizeReport, writeReport } from './report';
import { plain, printJson, printLine, printNote, styled, table } from './terminal';
import { usageError } from './usageError';

export const quantizeCommand: Command = {
  spec: {
    name: 'quantize',
    positionals: 'MODEL',
    minPositionals: 1,
    maxPositionals: 1,
    summary: 'Quantize a model to 8 bit: calibrate on data, rewrite, verify in a fresh process.',
    details: [
      'Examples:',
      '  compressor-bench quantize model.onnx -o model.int8.onnx --data dataset.yaml',
      '  compressor-bench quantize model.onnx -o small.onnx --approach dynamic',
      '',
      'DATASET.yaml names a loader, transforms and a batch size; see schemas/dataset.schema.json and the README.',
    ].join('\n'),
    options: [
      {
        name: 'output',
        short: 'o',
        type: 'text',
        value: 'OUT',
        required: true,
        help: 'where the quantized model goes',
      },
      {
        name: 'data',
        type: 'text',
        value: 'DATASET.yaml',
        help: 'data to calibrate on; not needed for --approach dynamic',
      },
      {
        name: 'approach',
        type: 'text',
        choices: ['static', 'dynamic'],
        help: 'fixed activation ranges, or ranges found at run time',
        defaultText: 'static',
      },
      {
        name: 'format',
        type: 'text',
        choices: ['qdq', 'qoperator'],
        help: 'QuantizeLinear/DequantizeLinear pairs, or integer operators',
        defaultText: 'qdq',
      },
      {
        name: 'activation',
        type: 'text',
        choices: ['uint8', 'int8'],
        help: 'type of activations',
        defaultText: 'uint8',
      },
      { name: 'weight', type: 'text', choices: ['int8', 'uint8'], help: 'type of weights', defaultText: 'int8' },
      { name: 'per-channel', type: 'flag', help: 'one scale per output channel of a weight (the default)' },
      { name: 'per-tensor', type: 'flag', help: 'one scale per weight' },
      {
        name: 'calibration',
        type: 'text',
        choices: ['minmax', 'percentile', 'entropy'],
        help: 'how ranges are chosen',
        defaultText: 'minmax',
      },
      {
        name: 'percentile',
        type: 'number',
        value: 'P',
        minimum: 50,
        maximum: 100,
        help: 'percent of the values inside the range, for percentile',
        defaultText: '99.999',
      },
      {
        name: 'samples',
        type: 'integer',
        value: 'N',
        minimum: 1,
        help: 'how many samples to calibrate on',
        defaultText: '100',
      },
      { name: 'exclude', type: 'text', value: 'NODE', repeatable: true, help: 'name of a node that stays float' },
      { name: 'ops', type: 'text', value: 'A,B', help: 'quantize only these operator types' },
      { name: 'reduce-range', type: 'flag', help: '7-bit weights, for x86 CPUs without VNNI' },
      { name: 'report', type: 'text', value: 'FILE', help: 'also write a report, .md or .json' },
      workspaceOption,
      ...jobOptions,
    ],
  },
  async run(parsed, signal) {
    const recipe = recipeOf(parsed);
    const datasetPath = parsed.text('data');
    if (recipe.approach === 'static' && datasetPath === undefined) {
      throw usageError(
        'A static quantization is calibrated on data: give --data DATASET.yaml, or --approach dynamic.',
        'quantize',
      );
    }
    const modelPath = parsed.positionals[0] ?? '';
    const outputPath = parsed.text('output') ?? '';
    refuseOverwriting(parsed, 'output', [datasetPath]);
    const reportPath = checkReportPath(parsed, [modelPath, outputPath, datasetPath]);
    const dimensions = dimensionsOf(parsed, [modelPath]);
    const folder = await createRunFolder(runWorkspaceOf(parsed), 'quantize');
    const result = await runCommandJob<'quantize'>(
      {
        verb: 'quantize',
        modelPath: resolve(modelPath),
        outputPath: resolve(outputPath),
        ...(datasetPath === undefined ? {} : { datasetPath: resolve(datasetPath) }),
        recipe,
        dimensions,
        threads: threadsOf(parsed),
      },
      { parsed, signal, folder },
    );
    if (reportPath !== undefined) await writeReport(reportPath, result, quantizeReport(result));
    if (parsed.flag('json')) printJson({ ...result, runFolder: folder });
    else printResult(parsed, result, folder);
    return exitCodes.done;
  },
};

/** The recipe the options ask for, on top of the defaults. */
function recipeOf(parsed: ParsedCommand): QuantizationRecipe {
  if (parsed.flag('per-channel') && parsed.flag('per-tensor')) {
    throw usageError('--per-channel and --per-tensor exclude each other.', 'quantize');
  }
  const approach = parsed.choice('approach', ['static', 'dynamic']) ?? defaultRecipe.approach;
  const staticOption = ['format', 'calibration', 'percentile', 'samples'].find((name) => parsed.flag(name));
  if (approach === 'dynamic' && staticOption !== undefined) {
    throw usageError(
      `--${staticOption} goes with --approach static: dynamic ranges are found at run time.`,
      'quantize',
    );
  }
  const method = parsed.choice('calibration', ['minmax', 'percentile', 'entropy']) ?? defaultRecipe.calibration.method;
  if (parsed.flag('percentile') && method !== 'percentile') {
    throw usageError('--percentile goes with --calibration percentile.', 'quantize');
  }
  const opTypes = parsed
    .text('ops')
    ?.split(',')
    .map((type) => type.trim())
    .filter((type) => type !== '');
  const weightType = parsed.choice('weight', ['int8', 'uint8']) ?? defaultRecipe.weightType;
  return {
    ...defaultRecipe,
    approach,
    format: parsed.choice('format', ['qdq', 'qoperator']) ?? defaultRecipe.format,
    activationType: parsed.choice('activation', ['uint8', 'int8']) ?? defaultRecipe.activationType,
    weightType,
    weightSymmetric: weightType === 'int8',
    perChannel: !parsed.flag('per-tensor'),
    reduceRange: parsed.flag('reduce-range'),
    calibration: {
      ...defaultRecipe.calibration,
      method,
      samples: parsed.number('samples') ?? defaultRecipe.calibration.samples,
      percentile: parsed.number('percentile') ?? defaultRecipe.calibration.percentile,
    },
    excludedNodes: parsed.texts('exclude'),
    ...(opTypes === undefined ? {} : { opTypes }),
  };
}

/** How much of what stayed float is shown on a terminal. */
const shownReasons = 8;

function printResult(parsed: ParsedCommand, result: QuantizeResult, folder: string): void {
  const { verification, calibration } = result;
  const noise =
    verification.signalToNoiseDb === null ? '' : `, signal to noise ${verification.signalToNoiseDb.toFixed(1)} dB`;
  printLine(
    `${styled('green', 'quantized')} ${plain(parsed.positionals[0] ?? '')} → ${plain(parsed.text('output') ?? '')}`,
  );
  printLine(
    table([
      [
        'size',
        `${bytesText(result.originalSizeBytes)} → ${bytesText(result.sizeBytes)}  (${formatSizeChange(result.originalSizeBytes, result.sizeBytes)})`,
      ],
      ['in 8 bit', countsText(result.quantizedOps)],
      ['kept float', keptFloatText(result)],
      ...(calibration.samples === 0
        ? []
        : [
            [
              'calibration',
              `${calibration.method} over ${calibration.samples} ${calibration.samples === 1 ? 'sample' : 'samples'} in ${formatDuration(calibration.ms)}`,
            ],
          ]),
      [
        'verified',
        verification.samples === 0
          ? 'loads in a fresh process'
          : `runs in a fresh process on ${verification.samples} samples${noise}`,
      ],
      ['took', formatDuration(result.ms)],
    ]),
  );
  for (const line of shownLines(result)) printLine(`    ${styled('dim', plain(line))}`);
  for (const note of result.notes) printNote(`note: ${note}`);
  printNote(`record: ${folder}`);
}

/** The commonest reasons; the report has them all. */
function shownLines({ keptFloat }: QuantizeResult): string[] {
  const lines = keptFloatLines(keptFloat);
  const left = lines.length - shownReasons;
  return left > 0 ? [...lines.slice(0, shownReasons), `… and ${left} more reasons; --report names them all`] : lines;
}

function keptFloatText(result: QuantizeResult): string {
  if (result.keptFloat.length === 0) return 'nothing';
  const counts: Record<string, number> = {};
  for (const kept of result.keptFloat) counts[kept.opType] = (counts[kept.opType] ?? 0) + 1;
  return countsText(counts);
}
