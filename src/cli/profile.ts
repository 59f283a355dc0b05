// `compressor-bench profile MODEL`: what the time of a model goes into, by op type and by node.
import { basename, resolve } from 'node:path';
import { profilingCsv } from '../bench/profiling/profilingCsv';
import { replaceFile } from '../files/atomicWrite';
import type { NodeProfile, OpTypeTime, ProfileResult } from '../protocol/profiling';
import type { Command } from './command';
import { exitCodes } from './command';
import { counted, formatLatency, formatMicroseconds, shortName } from './formats';
import { dimensionsOf, runCommandJob, threadsOf } from './job';
import { inputsOption, jobOptions } from './options';
import { checkOutputPath } from './outputPaths';
import { plain, printJson, printLine, printNote, styled, table } from './terminal';

const sortings = ['time', 'count', 'name'] as const;
type Sorting = (typeof sortings)[number];

/** SYSTEMS §1.3, Profiling semantics. */
const defaultRuns = 11;
const defaultWarmup = 10;
const defaultTop = 15;

export const profileCommand: Command = {
  spec: {
    name: 'profile',
    positionals: 'MODEL',
    minPositionals: 1,
    maxPositionals: 1,
    summary: 'Show what the time of a model goes into, by operator type and by node, from the record of the engine.',
    details: [
      'Operators are those the engine executes after merging and rearranging; "computes" names the types of the nodes in',
      'the model file that each of them stands for. Open dimensions without --dim or --data get assumed sizes, which a',
      'note names. The file of --trace opens in ui.perfetto.dev and chrome://tracing; warm-up is in it, too.',
      '',
      'Example:\n  compressor-bench profile model.onnx --threads 4 --csv ops.csv --trace trace.json',
    ].join('\n'),
    options: [
      inputsOption,
      {
        name: 'runs',
        type: 'integer',
        value: 'N',
        minimum: 1,
        maximum: 100_000,
        help: 'inferences that count',
        defaultText: String(defaultRuns),
      },
      {
        name: 'warmup',
        type: 'integer',
        value: 'N',
        minimum: 0,
        maximum: 100_000,
        help: 'inferences before them that do not',
        defaultText: String(defaultWarmup),
      },
      { name: 'sort', type: 'text', choices: sortings, help: 'what the tables begin with', defaultText: 'time' },
      {
        name: 'top',
        type: 'integer',
        value: 'N',
        minimum: 1,
        help: 'rows of each table; --json and --csv have all',
        defaultText: String(defaultTop),
      },
      { name: 'csv', type: 'text', value: 'FILE', help: 'write the table by operator type as CSV' },
      { name: 'trace', type: 'text', value: 'FILE', help: 'keep the record of the engine, for trace viewers' },
      ...jobOptions,
    ],
  },
  async run(parsed, signal) {
    const [modelPath = ''] = parsed.positionals;
    const datasetPath = parsed.text('data');
    const csvPath = checkOutputPath(parsed, 'csv', [modelPath, datasetPath]);
    const tracePath = checkOutputPath(parsed, 'trace', [modelPath, datasetPath, csvPath]);
    const result = await runCommandJob<'profile'>(
      {
        verb: 'profile',
        modelPath: resolve(modelPath),
        ...(datasetPath === undefined ? {} : { datasetPath: resolve(datasetPath) }),
        runs: parsed.number('runs') ?? defaultRuns,
        warmupRuns: parsed.number('warmup') ?? defaultWarmup,
        dimensions: dimensionsOf(parsed, [modelPath]),
        threads: threadsOf(parsed),
        ...(tracePath === undefined ? {} : { tracePath }),
      },
      { parsed, signal },
    );
    if (csvPath !== undefined) await replaceFile(csvPath, profilingCsv(result.ops));
    if (parsed.flag('json')) printJson(result);
    else {
      printResult(result, parsed.choice('sort', sortings) ?? 'time', parsed.number('top') ?? defaultTop);
      printFiles(parsed.text('csv'), parsed.text('trace'));
    }
    return exitCodes.done;
  },
};

function printResult(result: ProfileResult, sorting: Sorting, top: number): void {
  const { times, runs, ops, nodes } = result;
  printHead(result);
  printLine();
  printLine(
    table(
      [...ops]
        .sort(opOrders[sorting])
        .slice(0, top)
        .map((op) => opRow(op, runs)),
      opHeader,
    ),
  );
  printRest(ops.length - top);
  printLine();
  printLine(table([...nodes].sort(nodeOrders[sorting]).slice(0, top).map(nodeRow), nodeHeader));
  printRest(nodes.length - top);
  if (nodes.some(({ within }) => within !== null)) {
    printLine(
      styled(
        'dim',
        '  The nodes in bodies of If, Loop and Scan have rows of their own, and are not in the times of those.',
      ),
    );
  }
  if (times.kernelUs === 0)
    printLine(styled('dim', '  Every operator took less than the microsecond the engine counts in.'));
  for (const warning of result.warnings) printNote(`note: ${warning}`);
}

function printHead({ model, times, runs, warmupRuns, data, inputShapes, environment, nodes }: ProfileResult): void {
  const shapes = Object.entries(inputShapes).map(([name, dims]) => `${name} ${shapeText(dims)}`);
  const settings = [
    `${counted(runs, 'run')} after ${warmupRuns} to warm up`,
    counted(environment.threads, 'thread'),
    `${data === 'random' ? 'random inputs' : 'inputs of the data set'}: ${shapes.join(', ')}`,
  ];
  printLine(`${styled('bold', plain(basename(model)))}  ${plain(settings.join('; '))}`);
  printLine(
    `one inference  ${formatLatency(times.wallUs / 1000)} ms; recorded in its ${counted(nodes.length, 'node')}: ${formatLatency(times.kernelUs / 1000)} ms`,
  );
  printLine(styled('dim', `${plain(environment.cpuModel)}; ONNX Runtime ${environment.engineVersion}`));
}

const opOrders: Readonly<Record<Sorting, (one: OpTypeTime, other: OpTypeTime) => number>> = {
  time: (one, other) => other.totalUs - one.totalUs,
  count: (one, other) => other.executions - one.executions,
  name: (one, other) => compareText(one.opType, other.opType),
};

const nodeOrders: Readonly<Record<Sorting, (one: NodeProfile, other: NodeProfile) => number>> = {
  time: (one, other) => other.timeUs - one.timeUs,
  count: (one, other) => other.executions - one.executions,
  name: (one, other) => compareText(one.node, other.node),
};

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

const opHeader = ['operator type', 'µs', 'share', '', 'executed', 'nodes', 'in the file'];

function opRow(op: OpTypeTime, runs: number): string[] {
  const { opType, totalUs, shareOfTime, executions, definedNodes, modelNodes } = op;
  return [
    shortName(opType),
    formatMicroseconds(totalUs / runs),
    shareText(shareOfTime),
    bar(shareOfTime),
    String(executions),
    String(definedNodes),
    String(modelNodes),
  ];
}

const nodeHeader = ['node', 'type', 'µs', 'share', '', 'output', 'computes'];

function nodeRow({ node, opType, timeUs, shareOfTime, outputShapes, modelNodes }: NodeProfile): string[] {
  // A merged node is known by its main part; constants cost nothing.
  const computing = modelNodes.map((one) => one.opType).filter((type) => type !== 'Constant');
  const types = [...computing.filter((type) => type === opType), ...computing.filter((type) => type !== opType)];
  return [
    shortName(node),
    opType,
    formatMicroseconds(timeUs),
    shareText(shareOfTime),
    bar(shareOfTime),
    listOf(outputShapes.map(shapeText), 2, ' '),
    listOf(types, 4, ' + '),
  ];
}

function listOf(texts: readonly string[], most: number, separator: string): string {
  if (texts.length <= most) return texts.join(separator);
  return `${texts.slice(0, most - 1).join(separator)} + ${texts.length - most + 1} more`;
}

function shapeText(dims: readonly number[]): string {
  return `[${dims.join(', ')}]`;
}

function shareText(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A tenth of the time is two blocks. */
function bar(share: number): string {
  return '█'.repeat(Math.round(share * 20));
}

function printRest(count: number): void {
  if (count > 0) printLine(styled('dim', `  ${count} more; --top shows them, --json has all.`));
}

function printFiles(csvPath: string | undefined, tracePath: string | undefined): void {
  if (csvPath === undefined && tracePath === undefined) return;
  printLine();
  if (csvPath !== undefined) printLine(`  table  ${plain(csvPath)}`);
  if (tracePath !== undefined) printLine(`  trace  ${plain(tracePath)} (opens in ui.perfetto.dev)`);
}
