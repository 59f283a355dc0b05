// `compressor-bench benchmark MODEL [MODEL...]`: latency and throughput, models measured in turns.
import { basename, resolve } from 'node:path';
import type { BenchmarkResult } from '../protocol/jobs';
import type { Command } from './command';
import { exitCodes } from './command';
import { formatComparison, formatLatency, formatPercent } from './formats';
import { bytesText } from '../protocol/byteText';
import { dimensionsOf, runCommandJob } from './job';
import type { ParsedCommand } from './options';
import { inputsOption, jobOptions } from './options';
import { plain, printJson, printLine, printNote, styled, table } from './terminal';
import { usageError } from './usageError';

const defaultWarmup = 10;

export const benchmarkCommand: Command = {
  spec: {
    name: 'benchmark',
    positionals: 'MODEL [MODEL...]',
    minPositionals: 1,
    maxPositionals: 20,
    summary: 'Measure latency and throughput; several models are run in turns, so that drift hits all alike.',
    details: 'Further models are compared with the first. A difference inside the noise is called that.',
    options: [
      inputsOption,
      {
        name: 'batch',
        type: 'integer',
        value: 'N',
        minimum: 1,
        maximum: 65536,
        help: 'items in one inference',
        defaultText: '1',
      },
      {
        name: 'warmup',
        type: 'integer',
        value: 'N',
        minimum: 0,
        help: 'runs before measuring begins, at least; goes on until latency is stable',
        defaultText: String(defaultWarmup),
      },
      {
        name: 'iterations',
        type: 'integer',
        value: 'N',
        minimum: -1,
        help: 'measured runs of each model and instance; -1: one for each whole batch of the data set',
        defaultText: 'until the figures are stable',
      },
      {
        name: 'instances',
        type: 'integer',
        value: 'N',
        minimum: 1,
        maximum: 256,
        help: 'processes that run at the same time',
        defaultText: '1',
      },
      {
        name: 'cores-per-instance',
        type: 'integer',
        value: 'N',
        minimum: 1,
        maximum: 1024,
        help: 'cores each instance is bound to, and its threads',
      },
      ...jobOptions,
    ],
  },
  async run(parsed, signal) {
    const datasetPath = parsed.text('data');
    const iterations = iterationsOf(parsed);
    const coresPerInstance = parsed.number('cores-per-instance');
    const result = await runCommandJob<'benchmark'>(
      {
        verb: 'benchmark',
        modelPaths: parsed.positionals.map((path) => resolve(path)),
        ...(datasetPath === undefined ? {} : { datasetPath: resolve(datasetPath) }),
        batchSize: parsed.number('batch') ?? 1,
        warmupIterations: parsed.number('warmup') ?? defaultWarmup,
        ...(iterations === undefined ? {} : { iterations }),
        threads: parsed.number('threads') ?? coresPerInstance ?? 1,
        instances: parsed.number('instances') ?? 1,
        ...(coresPerInstance === undefined ? {} : { coresPerInstance }),
        dimensions: dimensionsOf(parsed, parsed.positionals),
      },
      { parsed, signal },
    );
    if (parsed.flag('json')) printJson(result);
    else printResult(result);
    return exitCodes.done;
  },
};

function iterationsOf(parsed: ParsedCommand): number | 'all' | undefined {
  const iterations = parsed.number('iterations');
  if (iterations === 0) throw usageError('--iterations is at least 1, or -1 for all of the data, not 0.', 'benchmark');
  return iterations === -1 ? 'all' : iterations;
}

function printResult(result: BenchmarkResult): void {
  const rows = result.results.map((model, index) => {
    const comparison = index === 0 ? undefined : result.comparison[index - 1];
    return [
      basename(model.model),
      formatLatency(model.latencyMs.median),
      formatLatency(model.latencyMs.p90),
      formatLatency(model.latencyMs.p99),
      model.throughput.toFixed(0),
      `± ${formatPercent(model.spread)}`,
      String(model.samples),
      bytesText(model.sizeBytes),
      comparison === undefined ? '' : formatComparison(comparison),
    ];
  });
  printLine(
    table(rows, ['model', 'median ms', 'p90', 'p99', 'items/s', 'spread', 'runs', 'size', 'against the first']),
  );
  const { machine, settings } = result;
  printLine();
  printLine(
    styled(
      'dim',
      plain(
        `${machine.cpuModel}, ${machine.logicalCores} cores; ONNX Runtime ${machine.engineVersion}; batch ${settings.batchSize}, ` +
          `${settings.threads} thread${settings.threads === 1 ? '' : 's'}, ${settings.instances} instance${settings.instances === 1 ? '' : 's'}; ${settings.data} inputs`,
      ),
    ),
  );
  for (const warning of result.warnings) printNote(`warning: ${warning}`);
}
