// Tool inspect_model: what a model is made of and what of it can be quantized.
import { openModel } from '../../formats/openModel';
import { modelFacts } from '../../onnx/modelFacts';
import type { ModelFacts, PortFacts } from '../../onnx/modelFacts';
import type { ForeignFacts } from '../../formats/foreignModel';
import { bytesText } from '../../protocol/byteText';
import { cellText, markdownTable } from './agentWork';
import type { AgentTool } from './agentWork';

export const inspectModel: AgentTool = ({ input, access }) => {
  const opened = openModel(access.realPath(input.text('path')));
  try {
    const facts = opened.kind === 'onnx' ? modelFacts(opened.model) : opened.model.facts;
    return Promise.resolve('canRun' in facts ? foreignText(facts) : factsText(facts));
  } finally {
    opened.model.close();
  }
};

function factsText(facts: ModelFacts): string {
  const { quantizable } = facts;
  const opsets = Object.entries(facts.opset).map(([domain, version]) => `${domain} ${version}`);
  return [
    `- size: ${bytesText(facts.sizeBytes)}${facts.externalData ? ' with external data' : ''}, opset ${opsets.join(', ')}`,
    `- producer: ${cellText(facts.producer) || 'not stated'}; domain: ${facts.domain || 'unknown'}`,
    `- ${facts.nodes} nodes, ${facts.parameters} parameters, float type ${facts.floatType ?? 'none'}`,
    `- quantized: ${facts.quantized ? `yes (${facts.quantization.form}, ${facts.quantization.nodes} nodes)` : 'no'}`,
    `- can be quantized statically: ${countsText(quantizable.static)}`,
    `- can be quantized dynamically: ${countsText(quantizable.dynamic)}`,
    ...(quantizable.reasonNot === undefined ? [] : [`- note: ${quantizable.reasonNot}`]),
    ...(facts.dynamicDimensions.length === 0
      ? []
      : [`- open dimensions: ${facts.dynamicDimensions.map(cellText).join(', ')}`]),
    ...facts.warnings.map((warning) => `- warning: ${cellText(warning)}`),
    ...portsAndOps(facts),
  ].join('\n');
}

function foreignText(facts: ForeignFacts): string {
  return [
    `- ${facts.format} ${facts.formatVersion}: it can be looked at, but only ONNX models are run and quantized`,
    `- ${facts.nodes} nodes`,
    ...facts.warnings.map((warning) => `- warning: ${cellText(warning)}`),
    ...portsAndOps(facts),
  ].join('\n');
}

function portsAndOps({ inputs, outputs, ops }: Pick<ForeignFacts, 'inputs' | 'outputs' | 'ops'>): string[] {
  const ports = (kind: string, list: readonly PortFacts[]): string[][] =>
    list.map(({ name, type, shape }) => [
      kind,
      name,
      type,
      shape === null ? 'any' : `(${shape.map((one) => one ?? '?').join(', ')})`,
    ]);
  return [
    '',
    markdownTable(['port', 'name', 'type', 'shape'], [...ports('input', inputs), ...ports('output', outputs)]),
    '',
    `operators: ${countsText(ops)}`,
  ];
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  return sorted.map(([name, count]) => `${count} ${cellText(name)}`).join(', ') || 'nothing';
}
