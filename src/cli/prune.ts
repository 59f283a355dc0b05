// `compressor-bench prune MODEL -o OUT`: the smallest weights set to 0, by a recipe or to an overall sparsity.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { configFileKind } from '../config/configFileKind';
import { readPruningRecipe } from '../config/pruningRecipe';
import { createRunFolder } from '../jobs/runFolder';
import { bytesText } from '../protocol/byteText';
import { metricOn } from '../protocol/metricName';
import type { PruneResult, PruneSpec, PrunedLayer } from '../protocol/pruning';
import { layerSparsityText, targetText } from '../sparsity/sharedOutBy';
import type { Command } from './command';
import { exitCodes } from './command';
import { counted, formatDuration, formatMetric, formatPercent, millionsText, shortName } from './formats';
import { dimensionsOf, runCommandJob, threadsOf } from './job';
import type { ParsedCommand } from './options';
import { jobOptions, workspaceOption } from './options';
import { checkOutputPath, refuseOverwriting } from './outputPaths';
import { plain, printJson, printLine, printNote, styled, table } from './terminal';
import { usageError } from './usageError';

export const pruneCommand: Command = {
  spec: {
    name: 'prune',
    positionals: '[MODEL]',
    minPositionals: 0,
    maxPositionals: 1,
    summary: 'Set the smallest weights of a model to 0, layer by layer, and verify it in a fresh process.',
    details: [
      'RECIPE.yaml gives layers their sparsity as fractions: {layers: {conv1.weight: 0.7}, other_layers: 0.5}, or a target that',
      'is shared out among those it does not name: {target_sparsity: 0.4, layers: {fc.weight: 0}}. Called *.pruning.yaml, it',
      'is completed and checked by the editor; with a model in it (model: PATH), MODEL can be left out here.',
      '--sparsity shares a mean sparsity of the layers out, most to those that bear it',
      'best: by what pruning does to the outputs on samples of --data, or by the magnitudes of the weights without. The',
      'first layer and grouped convolutions stay dense, and so do layers that would get little, whose share goes to the',
      'others. The mean that is reached is told, and so is why a layer is dense.',
      'The file keeps its size and the engine its speed: zeros pay where a model is compressed, or runs on an engine with',
      'sparse kernels. No training follows, so measure what is lost with --data: many models bear 0.3, few bear more.',
      '',
      'Examples:',
      '  compressor-bench prune model.onnx -o out.onnx --sparsity 0.3 --save-recipe model.pruning.yaml --data dataset.yaml',
      '  compressor-bench prune model.onnx -o out.onnx --recipe model.pruning.yaml',
      '  compressor-bench prune -o out.onnx --recipe model.pruning.yaml',
    ].join('\n'),
    options: [
      { name: 'output', short: 'o', type: 'text', value: 'OUT', required: true, help: 'where the pruned model goes' },
      { name: 'recipe', type: 'text', value: 'RECIPE.yaml', help: 'sparsity of each layer' },
      {
        name: 'sparsity',
        type: 'fraction',
        value: 'S',
        minimum: 0.01,
        maximum: 0.97,
        help: 'mean sparsity aimed at in the layers that take part, instead of a recipe',
      },
      {
        name: 'save-recipe',
        type: 'text',
        value: 'FILE',
        help: 'write the sparsity of each layer as a recipe; another file is not replaced',
      },
      {
        name: 'data',
        type: 'text',
        value: 'DATASET.yaml',
        help: 'samples for the check, and for accuracy before and after where it names a metric',
        defaultText: 'random inputs',
      },
      {
        name: 'samples',
        type: 'integer',
        value: 'N',
        minimum: 1,
        help: 'samples of --data that accuracy is measured on; data without an end need it',
        defaultText: 'all',
      },
      workspaceOption,
      ...jobOptions,
    ],
  },
  async run(parsed, signal) {
    const spec = specOf(parsed);
    const folder = await createRunFolder(resolve(parsed.text('workspace') ?? '.'), 'prune');
    const result = await runCommandJob<'prune'>(spec, { parsed, signal, folder });
    if (parsed.flag('json')) printJson({ ...result, runFolder: folder });
    else printResult(parsed, spec, result, folder);
    return exitCodes.done;
  },
};

function specOf(parsed: ParsedCommand): PruneSpec {
  const [recipePath, targetFraction] = [parsed.text('recipe'), parsed.number('sparsity')];
  if ((recipePath === undefined) === (targetFraction === undefined)) {
    throw usageError('Give either --recipe RECIPE.yaml or --sparsity S.', 'prune');
  }
  const modelPath = modelOf(parsed, recipePath);
  const [outputPath, datasetPath] = [parsed.text('output'), parsed.text('data')];
  const evaluatedSamples = parsed.number('samples');
  if (evaluatedSamples !== undefined && datasetPath === undefined) {
    throw usageError('--samples has no effect without --data.', 'prune');
  }
  refuseOverwriting(parsed, 'output', [datasetPath, recipePath]);
  const savedRecipePath = checkOutputPath(parsed, 'save-recipe', [modelPath, outputPath, datasetPath, recipePath]);
  refuseForeignFile(savedRecipePath);
  return {
    verb: 'prune',
    modelPath,
    outputPath: resolve(outputPath ?? ''),
    ...(datasetPath === undefined ? {} : { datasetPath: resolve(datasetPath) }),
    ...(evaluatedSamples === undefined ? {} : { evaluatedSamples }),
    plan: recipePath === undefined ? { targetFraction: targetFraction ?? NaN } : { recipePath: resolve(recipePath) },
    ...(savedRecipePath === undefined ? {} : { savedRecipePath }),
    dimensions: dimensionsOf(parsed, [modelPath]),
    threads: threadsOf(parsed),
  };
}

/** What is there and was not saved as a recipe would be lost: a data set, say, or a recipe in a person's own words. */
function refuseForeignFile(path: string | undefined): void {
  if (path === undefined || !existsSync(path)) return;
  const text = readFileSync(path, 'latin1');
  if (text.trim() === '' || configFileKind('', text) === 'pruning') return;
  throw usageError(
    `--save-recipe ${path} is there already and was not saved as a recipe: name another file, or remove it.`,
    'prune',
  );
}

/** The model of the command, else that of the recipe, which is named from the folder the recipe lies in. */
function modelOf(parsed: ParsedCommand, recipePath: string | undefined): string {
  const [named] = parsed.positionals;
  if (named !== undefined) return resolve(named);
  if (recipePath === undefined) throw usageError('Name the MODEL that is pruned.', 'prune');
  const { model } = readPruningRecipe(recipePath, { folder: dirname(resolve(recipePath)) });
  if (model === undefined) {
    throw usageError(
      `The recipe ${recipePath} names no model: add "model: PATH" to it, or name the MODEL here.`,
      'prune',
    );
  }
  return resolve(dirname(recipePath), model);
}

function printResult(parsed: ParsedCommand, { modelPath }: PruneSpec, result: PruneResult, folder: string): void {
  const { accuracy, verification, flops, layers } = result;
  const target = targetText(result);
  printLine(
    `${styled('green', 'pruned')} ${plain(parsed.positionals[0] ?? relative('', modelPath))} → ${plain(parsed.text('output') ?? '')}`,
  );
  const noise =
    verification.signalToNoiseDb === null ? '' : `, signal to noise ${verification.signalToNoiseDb.toFixed(1)} dB`;
  printLine(
    table([
      ['zeros', `${formatPercent(result.sparsityFraction)} of the weights of ${counted(layers.length, 'layer')}`],
      ...(target === null ? [] : [['target', target]]),
      ...(flops === null
        ? []
        : [
            [
              'operations',
              `${millionsText(flops.dense)} → ${millionsText(flops.theoretical)} million multiply-adds without those on zeros`,
            ],
          ]),
      ['size', bytesText(result.sizeBytes)],
      ...(accuracy === null
        ? []
        : [
            [
              metricOn(accuracy.metric, accuracy.isRandomData),
              `${formatMetric(accuracy.metric, accuracy.before)} → ${formatMetric(accuracy.metric, accuracy.after)} on ${counted(accuracy.samples, 'sample')}`,
            ],
          ]),
      [
        'verified',
        verification.samples === 0
          ? 'loads in a fresh process'
          : `runs in a fresh process on ${counted(verification.samples, 'sample')}${noise}`,
      ],
      ['took', formatDuration(result.ms)],
    ]),
  );
  printLine();
  printLine(table(layers.map(row), ['layer', 'type', 'weights', 'sparsity', 'zeros']));
  if (result.savedRecipe !== null) printLine(`recipe: ${plain(parsed.text('save-recipe') ?? '')}`);
  for (const note of result.notes) printNote(`note: ${note}`);
  printNote(`record: ${folder}`);
}

function row({ label, opType, weights, sparsityFraction, denseReason, zeros }: PrunedLayer): string[] {
  return [
    shortName(plain(label)),
    opType,
    String(weights),
    layerSparsityText(sparsityFraction, denseReason),
    formatPercent(zeros / weights),
  ];
}
