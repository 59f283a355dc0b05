// `compressor-bench check OUT --against MODEL`: a gate for CI, exit code 1 when a limit is broken.
import { resolve } from 'node:path';
import type { CheckResult } from '../protocol/jobs';
import type { Command } from './command';
import { exitCodes } from './command';
import { formatGate, formatMetric, formatPercent, formatRatio } from './formats';
import { dimensionsOf, runCommandJob, threadsOf } from './job';
import { jobOptions } from './options';
import { checkReportPath } from './outputPaths';
import { checkReport, writeReport } from './report';
import { plain, printJson, printLine, printNote, styled, table } from './terminal';
import { usageError } from './usageError';

const gateNames = ['min-accuracy', 'max-drop', 'max-latency-ratio'] as const;

export const checkCommand: Command = {
  spec: {
    name: 'check',
    positionals: 'OUT',
    minPositionals: 1,
    maxPositionals: 1,
    summary: 'Gate for CI: exit 1 when a model is less accurate or slower than allowed.',
    details:
      'Example:\n  compressor-bench check model.int8.onnx --against model.onnx --data dataset.yaml --max-drop 1% --max-latency-ratio 0.8',
    options: [
      { name: 'against', type: 'text', value: 'MODEL', required: true, help: 'the float model' },
      { name: 'data', type: 'text', value: 'DATASET.yaml', required: true, help: 'data set with a metric' },
      {
        name: 'min-accuracy',
        type: 'fraction',
        value: 'A',
        help: 'the metric of OUT must reach this (an error or loss must not exceed it)',
      },
      {
        name: 'max-drop',
        type: 'fraction',
        value: 'D',
        help: 'how much of the metric may be lost against MODEL, absolute',
      },
      {
        name: 'max-latency-ratio',
        type: 'number',
        value: 'R',
        minimum: 0,
        help: 'largest latency of OUT divided by that of MODEL',
      },
      { name: 'report', type: 'text', value: 'FILE', help: 'also write a report, .md or .json' },
      ...jobOptions,
    ],
  },
  async run(parsed, signal) {
    if (!gateNames.some((name) => parsed.flag(name))) {
      throw usageError(`check needs at least one limit: ${gateNames.map((name) => `--${name}`).join(', ')}.`, 'check');
    }
    const modelPath = parsed.positionals[0] ?? '';
    const againstPath = parsed.text('against') ?? '';
    const datasetPath = parsed.text('data') ?? '';
    const reportPath = checkReportPath(parsed, [modelPath, againstPath, datasetPath]);
    const [minAccuracy, maxDrop, maxLatencyRatio] = gateNames.map((name) => parsed.number(name));
    const result = await runCommandJob<'check'>(
      {
        verb: 'check',
        modelPath: resolve(modelPath),
        againstPath: resolve(againstPath),
        datasetPath: resolve(datasetPath),
        dimensions: dimensionsOf(parsed, [modelPath, againstPath]),
        threads: threadsOf(parsed),
        ...(minAccuracy === undefined ? {} : { minAccuracy }),
        ...(maxDrop === undefined ? {} : { maxDrop }),
        ...(maxLatencyRatio === undefined ? {} : { maxLatencyRatio }),
      },
      { parsed, signal },
    );
    if (reportPath !== undefined) await writeReport(reportPath, result, checkReport(result));
    if (parsed.flag('json')) printJson(result);
    else printResult(parsed.positionals[0] ?? '', result);
    return result.passed ? exitCodes.done : exitCodes.failed;
  },
};

function printResult(model: string, result: CheckResult): void {
  const { figures } = result;
  printLine(`${result.passed ? styled('green', 'passed') : styled('red', 'failed')} ${plain(model)}`);
  printLine(
    table([
      [
        figures.metric,
        `${formatMetric(figures.metric, figures.value)} (float ${formatMetric(figures.metric, figures.againstValue)}) over ${figures.samples} samples`,
      ],
      ...(figures.latencyRatio === null
        ? []
        : [['latency', `${formatRatio(figures.latencyRatio)} of the float model's`]]),
      ['size', `${formatPercent(figures.sizeRatio)} of the float model's`],
    ]),
  );
  printLine(
    table(
      result.gates.map((gate) => [
        gate.gate,
        formatGate(gate.gate, figures.metric, gate.limit),
        formatGate(gate.gate, figures.metric, gate.value),
        gate.passed ? 'ok' : 'broken',
      ]),
      ['gate', 'limit', 'value', ''],
    ),
  );
  for (const warning of result.warnings) printNote(`warning: ${warning}`);
}
