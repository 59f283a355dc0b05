// `compressor-bench inspect MODEL`: what a model is and what of it can be quantized, without loading the engine.
import { modelFacts } from '../onnx/modelFacts';
import type { ModelFacts } from '../onnx/modelFacts';
import { readModel } from '../onnx/readModel';
import type { Command } from './command';
import { exitCodes } from './command';
import { formatBytes } from './formats';
import { plain, printJson, printLine, styled, table } from './terminal';

export const inspectCommand: Command = {
  spec: {
    name: 'inspect',
    positionals: 'MODEL',
    minPositionals: 1,
    maxPositionals: 1,
    summary: 'Show what an ONNX model is made of and what of it can be quantized.',
    options: [],
  },
  run(parsed) {
    const path = parsed.positionals[0] ?? '';
    const model = readModel(path);
    try {
      const facts = modelFacts(model);
      if (parsed.flag('json')) printJson(facts);
      else printFacts(path, facts);
    } finally {
      model.close();
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
      ['size', `${formatBytes(facts.sizeBytes)}${facts.externalData ? ' with external data' : ''}`],
      ['format', `IR ${facts.irVersion ?? 'not stated'}, opset ${opsets.join(', ') || 'not stated'}`],
      ['producer', facts.producer || 'not stated'],
      ['nodes', String(facts.nodes)],
      ['initializers', `${facts.initializers} with ${facts.parameters.toLocaleString('en')} parameters`],
      ['domain', facts.domain || 'unknown'],
      ['quantized', facts.quantized ? `yes (${facts.quantization.form})` : 'no'],
    ]),
  );
  printSection(
    'inputs',
    facts.inputs.map((port) => [port.name, port.type, shapeText(port.shape)]),
  );
  printSection(
    'outputs',
    facts.outputs.map((port) => [port.name, port.type, shapeText(port.shape)]),
  );
  printSection(
    'operators',
    sortedCounts(facts.ops).map(([type, count]) => [type, String(count)]),
  );
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
