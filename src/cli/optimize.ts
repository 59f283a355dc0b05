// `compressor-bench optimize MODEL -o OUT`: the engine's optimized graph kept, or a model in 16-bit floating point.
import { resolve } from 'node:path';
import { createRunFolder } from '../jobs/runFolder';
import type { OptimizeResult } from '../protocol/optimization';
import type { Command } from './command';
import { exitCodes } from './command';
import { formatDuration, formatSizeChange } from './formats';
import { bytesText } from '../protocol/byteText';
import { countsText } from './inspect';
import { dimensionsOf, runCommandJob, runWorkspaceOf, threadsOf } from './job';
import { keptFloatLines } from './keptFloat';
import type { ParsedCommand } from './options';
import { jobOptions, workspaceOption } from './options';
import { refuseOverwriting } from './outputPaths';
import { plain, printJson, printLine, printNote, styled, table } from './terminal';
import { usageError } from './usageError';

const levels = ['disabled', 'basic', 'extended', 'all'] as const;
const precisions = ['fp32', 'fp16', 'bf16'] as const;

export const optimizeCommand: Command = {
  spec: {
    name: 'optimize',
    positionals: 'MODEL',
    minPositionals: 1,
    maxPositionals: 1,
    summary: 'Keep the graph as the engine optimizes it, or convert a model to 16-bit floating point.',
    details: [
      'Levels: disabled saves the graph as it is read, basic folds constants and drops what is needless, extended',
      'merges nodes into operators of ONNX Runtime, all also chooses layouts for this processor.',
      'A 16-bit model is as given but for its types, unless a level is asked for, too.',
      '',
      'Examples:',
      '  compressor-bench optimize model.onnx -o model.optimized.onnx --level extended',
      '  compressor-bench optimize model.onnx -o model.fp16.onnx --precision fp16 --keep-io-types',
      '  compressor-bench optimize model.onnx -o mixed.onnx --precision fp16 --block Softmax --block /head/Conv',
    ].join('\n'),
    options: [
      { name: 'output', short: 'o', type: 'text', value: 'OUT', required: true, help: 'where the new model goes' },
      {
        name: 'level',
        type: 'text',
        choices: levels,
        help: 'how far the engine may rewrite the graph',
        defaultText: 'extended; disabled for fp16 and bf16',
      },
      {
        name: 'precision',
        type: 'text',
        choices: precisions,
        help: 'type of numbers',
        defaultText: 'fp32',
      },
      {
        name: 'keep-io-types',
        type: 'flag',
        help: 'inputs and outputs stay float32, with fp16 (with bf16 they always do)',
      },
      {
        name: 'block',
        type: 'text',
        value: 'NODE|OPTYPE',
        repeatable: true,
        help: 'a node, or all nodes of an operator type, that stay float32 in a 16-bit model',
      },
      {
        name: 'data',
        type: 'text',
        value: 'DATASET.yaml',
        help: 'samples on which both models are compared, instead of random inputs',
      },
      workspaceOption,
      ...jobOptions,
    ],
  },
  async run(parsed, signal) {
    const choices = choicesOf(parsed);
    const datasetPath = parsed.text('data');
    const modelPath = parsed.positionals[0] ?? '';
    refuseOverwriting(parsed, 'output', [datasetPath]);
    const dimensions = dimensionsOf(parsed, [modelPath]);
    const folder = await createRunFolder(runWorkspaceOf(parsed), 'optimize');
    const result = await runCommandJob<'optimize'>(
      {
        verb: 'optimize',
        modelPath: resolve(modelPath),
        outputPath: resolve(parsed.text('output') ?? ''),
        ...(datasetPath === undefined ? {} : { datasetPath: resolve(datasetPath) }),
        ...choices,
        dimensions,
        threads: threadsOf(parsed),
      },
      { parsed, signal, folder },
    );
    if (parsed.flag('json')) printJson({ ...result, runFolder: folder });
    else printResult(parsed, result, folder);
    return exitCodes.done;
  },
};

function choicesOf(
  parsed: ParsedCommand,
): Pick<OptimizeResult, 'level' | 'precision'> & { keepIoTypes: boolean; blocked: readonly string[] } {
  const precision = parsed.choice('precision', precisions) ?? 'fp32';
  const level = parsed.choice('level', levels) ?? (precision === 'fp32' ? 'extended' : 'disabled');
  const idle = ['keep-io-types', 'block'].find((name) => parsed.flag(name));
  if (precision === 'fp32' && idle !== undefined) {
    throw usageError(`--${idle} goes with --precision fp16 or bf16: with fp32 no type changes.`, 'optimize');
  }
  if (precision !== 'fp32' && level === 'all') {
    throw usageError(
      '--level all goes with --precision fp32: the operators it brings know no other numbers.',
      'optimize',
    );
  }
  return { level, precision, keepIoTypes: parsed.flag('keep-io-types'), blocked: parsed.texts('block') };
}

function printResult(parsed: ParsedCommand, result: OptimizeResult, folder: string): void {
  const { verification, convertedOps } = result;
  const noise =
    verification.signalToNoiseDb === null ? '' : `, signal to noise ${verification.signalToNoiseDb.toFixed(1)} dB`;
  const verb = result.precision === 'fp32' ? 'optimized' : 'converted';
  printLine(`${styled('green', verb)} ${plain(parsed.positionals[0] ?? '')} → ${plain(parsed.text('output') ?? '')}`);
  printLine(
    table([
      [
        'size',
        `${bytesText(result.originalSizeBytes)} → ${bytesText(result.sizeBytes)}  (${formatSizeChange(result.originalSizeBytes, result.sizeBytes)})`,
      ],
      ['level', result.level],
      ['nodes', `${total(result.opsBefore)} → ${total(result.opsAfter)}`],
      ...(result.precision === 'fp32'
        ? [['operators', countsText(result.opsAfter)]]
        : [
            [`in ${result.precision}`, countsText(convertedOps) || 'nothing'],
            ['casts added', String(result.casts)],
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
  for (const line of keptFloatLines(result.keptFloat)) printLine(`    ${styled('dim', plain(`float32: ${line}`))}`);
  for (const note of result.notes) printNote(`note: ${note}`);
  printNote(`record: ${folder}`);
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
