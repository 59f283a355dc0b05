// A benchmark as people see it: what is measured, how, and the figures with what they mean.
import { metricOn } from '../../protocol/metricName';
import { counted, formatLatency, formatPercent } from '../formats';
import { printNote } from '../terminal';
import type { Answer } from './answer';
import type { BenchDoor } from './benchDoor';
import { accuracyText } from './optimizationView';
import { durationText, nameAndId, printFacts, stateCell } from './show';

export function printBenchmark(benchmark: Answer, door: BenchDoor): void {
  const result = benchmark.at('result');
  const isPerformance = benchmark.at('mode').value === 'performance';
  const iterations = benchmark.at('iterations');
  const id = benchmark.at('id').text();
  printFacts(`${benchmark.at('name').text()} (benchmark ${id})`, [
    ['state', stateCell(benchmark)],
    ['failure', benchmark.at('failure').textIfAny],
    ['model', nameAndId(benchmark.at('model'))],
    ['data set', nameAndId(benchmark.at('dataset'))],
    ['measures', benchmark.at('mode').text()],
    ['batch', benchmark.at('batch_size').text()],
    ['runs', iterations.value === -1 ? 'all samples' : iterations.text()],
    [
      'machine',
      isPerformance
        ? `${counted(benchmark.at('number_of_instance').number ?? 1, 'instance')} with ${counted(benchmark.at('cores_per_instance').number ?? 1, 'core')}`
        : undefined,
    ],
    ['last run', benchmark.at('last_run_at').textIfAny],
    ['took', benchmark.at('duration').isThere ? durationText(benchmark.at('duration')) : undefined],
    ['accuracy', result.at('accuracy').isThere ? accuracyOf(benchmark) : undefined],
    ['throughput', result.at('performance').isThere ? `${performanceOf(benchmark)} samples/s` : undefined],
    ['latency', latencyLine(result.at('latency_ms'))],
    ['spread', spreadText(result.at('spread'))],
    [result.at('runs').isThere ? 'timed runs' : 'samples', result.at('samples').textIfAny],
  ]);
  for (const warning of result.at('warnings').items) printNote(`warning: ${warning.text()}`);
  if (!benchmark.at('state').isThere) door.next('benchmarks', 'run', id);
  else if (benchmark.at('state').value === 'error') door.next('benchmarks', 'log', id);
}

/** The accuracy of a benchmark with its metric's unit; that of made-up data says so. */
export function accuracyOf(benchmark: Answer): string {
  const result = benchmark.at('result');
  const text = accuracyText(result.at('accuracy_metric').text('topk'), result.at('accuracy'));
  return metricOn(text, result.at('is_random_data').value === true);
}

/** Samples a second. */
export function performanceOf(benchmark: Answer): string {
  const value = benchmark.at('result', 'performance').number;
  return value === undefined ? '–' : value.toFixed(value < 100 ? 2 : 0);
}

function latencyLine(latency: Answer): string | undefined {
  const figures = ['median', 'p90', 'p99'].flatMap((name) => {
    const ms = latency.at(name).number;
    return ms === undefined ? [] : [`${name} ${formatLatency(ms)} ms`];
  });
  return figures.length === 0 ? undefined : figures.join(', ');
}

function spreadText(spread: Answer): string | undefined {
  return spread.number === undefined ? undefined : formatPercent(spread.number);
}
