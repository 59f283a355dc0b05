// `compressor-bench inspect MODEL`: what a model is and what of it can be quantized, without loading the engine.
import { openModel } from '../formats/openModel';
import { modelFacts } from '../onnx/modelFacts';
import type { ModelFacts, PortFacts } from '../onnx/modelFacts';
import type { ForeignFacts } from '../formats/foreignModel';
import type { Command } from './command';
import { exitCodes } from './command';
import { bytesText } from '../protocol/byteText';
import { plain, printJson, printLine, styled, table } from './terminal';

export const inspectCommand: Command = {
  spec: {
    name: 'inspect',
    positionals: 'MODEL',
    minPositionals: 1,
    maxPositionals: 1,
    summary: 'Show what a model is made of and what of it can be quantized.',
    details: 'Frozen graphs of TensorFlow (.pb) and models of OpenVINO (IR, .xml) can be looked at, too.',
    options: [],
  },
  run(parsed) {
    const path = parsed.positionals[0] ?? '';
    const opened = openModel(path);
    try {
      const facts = opened.kind === 'onnx' ? modelFacts(opened.model) : opened.model.facts;
      if (parsed.flag('json')) printJson(facts);
      else if ('canRun' in facts) printForeignFacts(path, facts);
      else printFacts(path, facts);
    } finally {
      opened.model.close();
    }
    return Promise.resolve(exitCodes.done);
  },
};

function printFacts(path: string, facts: ModelFacts): void {
  const opsets = Object.entries(facts.opset).map(
    ([domain, version]) => `${domain === '' ? 'ai.onnx' : domain} ${version}`,
  );
  const quantizable = (counts: Readonly<Record<string, number>>): string => countsText(counts) || 'nothing';
  printLine(styled('bold', plain(path)));
  printLine(
    table([
      ['size', `${bytesText(facts.sizeBytes)}${facts.externalData ? ' with external data' : ''}`],
      ['format', `IR ${facts.irVersion ?? 'not stated'}, opset ${opsets.join(', ') || 'not stated'}`],
      ['producer', facts.producer || 'not stated'],
      ['nodes', String(facts.nodes)],
      ['initializers', `${facts.initializers} with ${facts.parameters.toLocaleString('en')} parameters`],
      ['domain', facts.domain || 'unknown'],
      ['quantized', facts.quantized ? `yes (${facts.quantization.form})` : 'no'],
    ]),
  );
  printPortsAndOps(facts);
  printSection('can be quantized', [
    ['static', quantizable(facts.quantizable.static)],
    ['dynamic', quantizable(facts.quantizable.dynamic)],
    ...(facts.quantizable.reasonNot === undefined ? [] : [['note', facts.quantizable.reasonNot]]),
  ]);
  printSection(
    'warnings',
    facts.warnings.map((warning) => [warning]),
  );
}

function printForeignFacts(path: string, facts: ForeignFacts): void {
  printLine(styled('bold', plain(path)));
  printLine(
    table([
      ['size', bytesText(facts.sizeBytes)],
      ['format', `${facts.format} ${facts.formatVersion}`.trimEnd()],
      ['nodes', `${facts.nodes}, of them ${facts.constants} constants`],
      ['runs here', 'no: only ONNX is run'],
    ]),
  );
  printPortsAndOps(facts);
  printSection(
    'warnings',
    facts.warnings.map((warning) => [warning]),
  );
}

function printPortsAndOps({ inputs, outputs, ops }: Pick<ForeignFacts, 'inputs' | 'outputs' | 'ops'>): void {
  printPorts('inputs', inputs);
  printPorts('outputs', outputs);
  printSection(
    'operators',
    sortedCounts(ops).map(([type, count]) => [type, String(count)]),
  );
}

/** Names, types and shapes of what goes in or comes out. */
export function printPorts(title: string, ports: readonly PortFacts[]): void {
  printSection(
    title,
    ports.map(({ name, type, shape }) => [name, type, shapeText(shape)]),
  );
}

function printSection(title: string, rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  printLine();
  printLine(styled('bold', title));
  printLine(table(rows));
}

function sortedCounts(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

/** `15 Conv, 6 Add`. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  return sortedCounts(counts)
    .map(([type, count]) => `${count} ${type}`)
    .join(', ');
}

function shapeText(shape: readonly (number | string | null)[] | undefined | null): string {
  if (shape === undefined || shape === null) return 'any shape';
  return `[${shape.map((dim) => dim ?? '?').join(', ')}]`;
}
