// `compressor-bench sensitivity MODEL`: what pruning each layer would cost in loss, or save in work.
import { resolve } from 'node:path';
import { idleSettings, sensitivityKinds, sensitivityMethods, usualAnalysis } from '../dictionary/sensitivitySettings';
import type { AnalysisSetting } from '../dictionary/sensitivitySettings';
import type { SensitivityKind, SensitivityMethod, SensitivitySpec } from '../protocol/pruning';
import type { Command } from './command';
import { exitCodes } from './command';
import { dimensionsOf, runCommandJob, threadsOf } from './job';
import type { ParsedCommand } from './options';
import { jobOptions } from './options';
import { printSensitivity } from './sensitivityTables';
import { printJson } from './terminal';
import { usageError } from './usageError';

export const sensitivityCommand: Command = {
  spec: {
    name: 'sensitivity',
    positionals: 'MODEL',
    minPositionals: 1,
    maxPositionals: 1,
    summary: 'Show layer by layer what pruning would cost in loss, or save in work.',
    details: [
      'Loss:  approx adds up the magnitudes that are pruned and runs nothing (sparsity in percent); one-shot prunes each',
      'layer alone to each level and compares the outputs on samples (sparsity as a fraction).',
      'Perf:  approx counts the multiply-adds that are left (percent); measured prunes all layers to each level and times',
      'each in turns with the dense model (fraction). ONNX Runtime gains nothing from zeros on a CPU: expect no change.',
      'In --json, flops of approx are multiply-adds; those of measured count a multiplication and its addition as two.',
      '',
      'Layers are Conv, Gemm and MatMul with a constant weight. They are called by their nodes, or by their weights where a',
      'node has no name that tells anything. Recipes of "prune" take both.',
      '',
      'Examples:',
      '  compressor-bench sensitivity model.onnx --kind loss --method one-shot --data dataset.yaml --samples 20',
      '  compressor-bench sensitivity model.onnx --kind perf --method measured --levels 0.5,0.9 --json',
    ].join('\n'),
    options: [
      {
        name: 'kind',
        type: 'text',
        choices: sensitivityKinds,
        help: 'what pruning is weighed by',
        defaultText: 'loss',
      },
      { name: 'method', type: 'text', choices: sensitivityMethods, help: 'how it is found out', defaultText: 'approx' },
      {
        name: 'data',
        type: 'text',
        value: 'DATASET.yaml',
        help: 'real inputs, for one-shot and measured; labels are not needed',
        defaultText: 'seeded random inputs',
      },
      {
        name: 'levels',
        type: 'text',
        value: 'A,B',
        help: 'sparsities as fractions, for one-shot and measured',
        defaultText: '10 or 11 from 0.05 or 0.4 to 0.99',
      },
      {
        name: 'samples',
        type: 'integer',
        value: 'N',
        minimum: 1,
        help: 'samples for each level of each layer, for one-shot',
        defaultText: String(usualAnalysis.samples),
      },
      {
        name: 'batch-size',
        type: 'integer',
        value: 'N',
        minimum: 1,
        maximum: 4096,
        help: 'samples in one run, where the model takes any number, for one-shot and measured',
        defaultText: String(usualAnalysis.batchSize),
      },
      {
        name: 'warmup',
        type: 'integer',
        value: 'N',
        minimum: 0,
        help: 'runs before the timed ones, for measured',
        defaultText: String(usualAnalysis.warmupRuns),
      },
      {
        name: 'iterations',
        type: 'integer',
        value: 'N',
        minimum: 2,
        help: 'timed runs of both models for each level, for measured',
        defaultText: String(usualAnalysis.iterations),
      },
      ...jobOptions,
    ],
  },
  async run(parsed, signal) {
    const spec = specOf(parsed);
    const result = await runCommandJob<'sensitivity'>(spec, { parsed, signal });
    if (parsed.flag('json')) printJson(result);
    else printSensitivity(result, parsed.positionals[0] ?? '');
    return exitCodes.done;
  },
};

function specOf(parsed: ParsedCommand): SensitivitySpec {
  const [modelPath = ''] = parsed.positionals;
  const kind = parsed.choice('kind', sensitivityKinds) ?? 'loss';
  const method = parsed.choice('method', sensitivityMethods) ?? 'approx';
  refuseIdle(parsed, kind, method);
  const datasetPath = parsed.text('data');
  return {
    verb: 'sensitivity',
    modelPath: resolve(modelPath),
    ...(datasetPath === undefined ? {} : { datasetPath: resolve(datasetPath) }),
    kind,
    method,
    levelFractions: levelsOf(parsed),
    samples: parsed.number('samples') ?? usualAnalysis.samples,
    batchSize: parsed.number('batch-size') ?? usualAnalysis.batchSize,
    warmupRuns: parsed.number('warmup') ?? usualAnalysis.warmupRuns,
    iterations: parsed.number('iterations') ?? usualAnalysis.iterations,
    dimensions: dimensionsOf(parsed, [modelPath]),
    threads: threadsOf(parsed),
  };
}

/** Settings as options. */
const optionNames: Readonly<Record<AnalysisSetting, string>> = {
  ...{ dataset: 'data', levelFractions: 'levels', samples: 'samples', batchSize: 'batch-size' },
  ...{ threads: 'threads', warmupRuns: 'warmup', iterations: 'iterations' },
};

/** Options that a method has no use for, and the pairs that do not exist. */
function refuseIdle(parsed: ParsedCommand, kind: SensitivityKind, method: SensitivityMethod): void {
  if (method === 'one-shot' && kind === 'perf') {
    throw usageError('--method one-shot goes with --kind loss; for perf there are approx and measured.', 'sensitivity');
  }
  if (method === 'measured' && kind === 'loss') {
    throw usageError('--method measured goes with --kind perf; for loss there are approx and one-shot.', 'sensitivity');
  }
  const given = idleSettings[method].map((setting) => optionNames[setting]).find((name) => parsed.flag(name));
  if (given !== undefined) throw usageError(`--${given} has no effect with --method ${method}.`, 'sensitivity');
}

/** Ascending and without repetitions; null where none are named. */
function levelsOf(parsed: ParsedCommand): readonly number[] | null {
  const text = parsed.text('levels');
  if (text === undefined) return null;
  const words = text.split(',').map((word) => word.trim());
  const levels = words.map((word) => (/^(0?\.\d+|0)$/.exec(word) === null ? NaN : Number(word)));
  const wrong = words.find((_, index) => !((levels[index] ?? NaN) > 0));
  if (wrong !== undefined) {
    const percent = Number(wrong) > 1 && Number(wrong) < 100 ? ` ${wrong} % is ${Number(wrong) / 100}.` : '';
    throw usageError(
      `--levels takes fractions between 0 and 1, such as 0.5,0.9, not "${wrong}".${percent}`,
      'sensitivity',
    );
  }
  return [...new Set(levels)].sort((one, other) => one - other);
}
