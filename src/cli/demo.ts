// `compressor-bench demo`: the bundled example quantized, evaluated and benchmarked, as one table.
import { resolve } from 'node:path';
import { runDemo } from '../bench/demo';
import type { DemoResult } from '../bench/demo';
import type { Command } from './command';
import { exitCodes } from './command';
import { formatLatency, formatPercent, formatRatio } from './formats';
import { bytesText } from '../protocol/byteText';
import { runCommandJob } from './job';
import { jobOptions, workspaceOption } from './options';
import { printJson, printLine, printNote, styled, table } from './terminal';

export const demoCommand: Command = {
  spec: {
    name: 'demo',
    positionals: '',
    minPositionals: 0,
    maxPositionals: 0,
    summary: 'Quantize the bundled example, evaluate and benchmark float and int8, print the table.',
    options: [workspaceOption, ...jobOptions.filter((option) => !['dim', 'threads', 'queue'].includes(option.name))],
  },
  async run(parsed, signal) {
    const workspace = resolve(parsed.text('workspace') ?? '.');
    const result = await runDemo(workspace, (spec, folder) => runCommandJob(spec, { parsed, signal, folder }));
    if (parsed.flag('json')) printJson(result);
    else printResult(result);
    return exitCodes.done;
  },
};

function printResult(result: DemoResult): void {
  const { float, int8 } = result;
  printLine(styled('bold', `${result.model}: ${result.samples} labelled digits`));
  printLine(
    table(
      [
        ['accuracy', formatPercent(float.accuracy), formatPercent(int8.accuracy), ''],
        [
          'latency ms',
          formatLatency(float.latencyMs),
          formatLatency(int8.latencyMs),
          `${formatRatio(result.speedup)} ${result.verdict}`,
        ],
        [
          'size',
          bytesText(float.sizeBytes),
          bytesText(int8.sizeBytes),
          `${formatRatio(float.sizeBytes / int8.sizeBytes)} smaller`,
        ],
      ],
      ['', 'float', 'int8', ''],
    ),
  );
  for (const warning of result.warnings) printNote(`warning: ${warning}`);
  printNote(`record and int8 model: ${result.runFolder}`);
}
