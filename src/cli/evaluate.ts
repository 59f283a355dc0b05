// `compressor-bench evaluate MODEL --data DATASET.yaml`: the metric of a model over a data set.
import { resolve } from 'node:path';
import { metricOn } from '../protocol/metricName';
import type { Progress } from '../protocol/progress';
import type { Command } from './command';
import { exitCodes } from './command';
import { formatDuration, formatMetric } from './formats';
import { dimensionsOf, runCommandJob, threadsOf } from './job';
import { jobOptions } from './options';
import { plain, printJson, printLine, printNote, styled, table } from './terminal';

export const evaluateCommand: Command = {
  spec: {
    name: 'evaluate',
    positionals: 'MODEL',
    minPositionals: 1,
    maxPositionals: 1,
    summary: 'Measure the accuracy (or another metric) of a model over a labelled data set.',
    details: 'The metric is the "metric" section of DATASET.yaml, such as "metric: {topk: 1}".',
    options: [
      { name: 'data', type: 'text', value: 'DATASET.yaml', required: true, help: 'data set with a metric' },
      {
        name: 'reference',
        type: 'text',
        value: 'MODEL',
        help: 'float model, for metrics that compare with it (agreement)',
      },
      {
        name: 'samples',
        type: 'integer',
        value: 'N',
        minimum: 1,
        help: 'at most this many samples',
        defaultText: 'all',
      },
      ...jobOptions,
    ],
  },
  async run(parsed, signal) {
    const modelPath = parsed.positionals[0] ?? '';
    const reference = parsed.text('reference');
    const samples = parsed.number('samples');
    const result = await runCommandJob<'evaluate'>(
      {
        verb: 'evaluate',
        modelPath: resolve(modelPath),
        datasetPath: resolve(parsed.text('data') ?? ''),
        ...(reference === undefined ? {} : { referencePath: resolve(reference) }),
        dimensions: dimensionsOf(parsed, reference === undefined ? [modelPath] : [modelPath, reference]),
        threads: threadsOf(parsed),
        ...(samples === undefined ? {} : { samples }),
      },
      { parsed, signal, ...(samples === undefined ? { onProgress: noteOnUnknownEnd() } : {}) },
    );
    if (parsed.flag('json')) printJson(result);
    else {
      printLine(styled('bold', plain(parsed.positionals[0] ?? '')));
      printLine(
        table([
          [metricOn(result.metric, result.isRandomData), formatMetric(result.metric, result.value)],
          ...Object.entries(result.figures ?? {}).map(([name, value]) => [name, formatMetric(result.metric, value)]),
          ['samples', String(result.samples)],
          ['took', formatDuration(result.ms)],
        ]),
      );
      for (const warning of result.warnings) printNote(`warning: ${warning}`);
    }
    return exitCodes.done;
  },
};

/** Says once of data without a length that it is read to its end, which may never come. */
function noteOnUnknownEnd(): (progress: Progress) => void {
  let isSaid = false;
  return ({ phase, done, total }) => {
    if (isSaid || phase !== 'evaluating' || total !== undefined || done === 0) return;
    isSaid = true;
    printNote(
      'note: the data does not say how many samples it has, and is read to its end; --samples N takes the first N',
    );
  };
}
