// An optimization as people see it: settings, state, and the optimized model beside the given one.
import { metricOn } from '../../protocol/metricName';
import { isDenseReason, layerSparsityText } from '../../sparsity/sharedOutBy';
import { counted, formatLatency, formatMetric, formatPercent, formatSpeed, shortName } from '../formats';
import { plain, printLine, printNote, table } from '../terminal';
import type { Answer } from './answer';
import type { BenchDoor } from './benchDoor';
import { durationText, nameAndId, printFacts, sizeText, stateCell } from './show';

export function printOptimization(optimization: Answer, door: BenchDoor): void {
  const tuning = optimization.at('tuning_details');
  const id = optimization.at('id').text();
  printFacts(`${optimization.at('name').text()} (optimization ${id})`, [
    ['state', stateCell(optimization)],
    ['failure', optimization.at('failure').textIfAny],
    ['type', `${optimization.at('optimization_type', 'name').text()}, ${optimization.at('precision', 'name').text()}`],
    ['data set', nameAndId(optimization.at('dataset'))],
    [
      'calibration',
      tuning.isThere
        ? `${counted(optimization.at('sampling_size').number ?? 0, 'sample')} in batches of ${optimization.at('batch_size').text()}`
        : undefined,
    ],
    ...(tuning.isThere ? tuningFacts(tuning) : []),
    ['target', targetText(optimization.at('pruning_details'))],
    ['last run', optimization.at('last_run_at').textIfAny],
    ['took', optimization.at('duration').isThere ? durationText(optimization.at('duration')) : undefined],
    ['pinned', pinText(optimization)],
    ['config', optimization.at('config_path').textIfAny],
    ['model', modelText(optimization.at('optimized_model'))],
  ]);
  const result = optimization.at('result');
  if (result.at('sparsity').isThere) printPruning(result);
  else printResult(result);
  printNextStep(optimization, id, door);
}

function tuningFacts(tuning: Answer): [string, string][] {
  const threshold = tuning.at('accuracy_criterion_threshold');
  const isRelative = tuning.at('accuracy_criterion_type').value === 'relative';
  const loss = isRelative ? `${Number(((threshold.number ?? 0) * 100).toPrecision(6))} % of it` : threshold.text();
  const timeout = tuning.at('exit_policy', 'timeout');
  const limit = (timeout.number ?? 0) > 0 ? ` or ${durationText(timeout)}` : '';
  return [
    ['strategy', `${tuning.at('strategy').text()}, for ${tuning.at('multi_objectives').text()}`],
    ['accuracy', `may lose ${loss}`],
    ['ends', `after ${counted(tuning.at('exit_policy', 'max_trials').number ?? 0, 'trial')}${limit} at the latest`],
  ];
}

function pinText(optimization: Answer): string | undefined {
  const pins = ['accuracy', 'performance'].flatMap((mode) => {
    const id = optimization.at(`${mode}_benchmark_id`);
    return id.isThere ? [`${mode}: benchmark ${id.text()}`] : [];
  });
  return pins.length === 0 ? undefined : pins.join(', ');
}

function modelText(model: Answer): string | undefined {
  return model.isThere ? `${model.at('path').text()} (model ${model.at('id').text()})` : undefined;
}

/** The given model beside the best, and why it is the best. */
function printResult(result: Answer): void {
  if (!result.isThere) return;
  const [before, after] = [result.at('baseline'), result.at('best')];
  const metric = result.at('metric').text('agreement');
  const isRandom = result.at('is_random_data').value === true;
  printLine();
  if (after.isThere) {
    const both = (show: (figures: Answer) => string): string[] => [show(before), show(after)];
    printLine(
      table(
        [
          [metricOn('accuracy', isRandom), ...both((one) => accuracyText(metric, one.at('accuracy'))), ''],
          ['latency ms', ...both((one) => latencyText(one.at('latency_ms'))), speedText(result.at('speedup'))],
          ['size', ...both((one) => sizeText(one.at('size_bytes'))), ''],
        ],
        ['', 'given', `trial ${after.at('trial').text()}`, ''],
      ),
    );
  }
  for (const reason of result.at('reasons').items) printLine(plain(reason.text()));
  for (const note of result.at('notes').items) printNote(`note: ${note.text()}`);
}

/** The mean is over layers, large and small alike: the share of all weights is another figure, of the result. */
function targetText(pruning: Answer): string | undefined {
  const { number } = pruning.at('target_sparsity');
  if (number !== undefined) return `a mean sparsity of ${formatPercent(number)}, shared out among the layers`;
  return pruning.isThere ? 'the sparsity of each layer in the config' : undefined;
}

/** Accuracy and size before and after, and the layers. */
function printPruning(result: Answer): void {
  const metric = result.at('metric').text('');
  const [before, after] = [result.at('baseline'), result.at('best')];
  const rows = [
    ...(metric === ''
      ? []
      : [
          [
            metricOn(metric, result.at('is_random_data').value === true),
            ...[before, after].map((one) => accuracyText(metric, one.at('accuracy'))),
          ],
        ]),
    ['size', ...[before, after].map((one) => sizeText(one.at('size_bytes')))],
  ];
  printLine();
  printLine(table(rows, ['', 'given', 'pruned']));
  printLine();
  printLine(table(result.at('layers').items.map(layerRow), ['layer', 'type', 'weights', 'sparsity', 'zeros']));
  for (const reason of result.at('reasons').items) printLine(plain(reason.text()));
  for (const note of result.at('notes').items) printNote(`note: ${note.text()}`);
}

function layerRow(layer: Answer): string[] {
  const [weights = 1, zeros = 0, sparsity = 0] = ['weights', 'zeros', 'sparsity'].map((key) => layer.at(key).number);
  const reason = layer.at('dense_reason').value;
  return [
    shortName(plain(layer.at('label').text(layer.at('name').text()))),
    plain(layer.at('op_type').text()),
    String(weights),
    layerSparsityText(sparsity, isDenseReason(reason) ? reason : null),
    formatPercent(zeros / weights),
  ];
}

function printNextStep(optimization: Answer, id: string, door: BenchDoor): void {
  const model = optimization.at('optimized_model', 'id');
  if (!optimization.at('state').isThere) door.next('optimizations', 'run', id);
  else if (model.isThere && !optimization.at('performance_benchmark_id').isThere) {
    const project = optimization.at('project_id').text();
    door.next('benchmarks', 'add', project, 'NAME', '--model', model.text(), '--mode', 'performance');
  } else if (optimization.at('state').value === 'error') door.next('optimizations', 'log', id);
}

/** An accuracy in the unit of its metric. */
export function accuracyText(metric: string, value: Answer): string {
  return value.number === undefined ? '–' : formatMetric(metric, value.number);
}

function latencyText(value: Answer): string {
  return value.number === undefined ? '–' : formatLatency(value.number);
}

function speedText(ratio: Answer): string {
  return ratio.number === undefined ? '' : formatSpeed(ratio.number);
}
