// Facts of a whole model for its page: what it is, what goes in and out, what is doubtful about it.
import { basename } from 'node:path';
import type { ForeignFacts } from '../../formats/foreignModel';
import { shortText } from '../../onnx/hierarchy/shownValues';
import type { ModelFacts } from '../../onnx/modelFacts';
import { modelFacts } from '../../onnx/modelFacts';
import { ModelError } from '../../onnx/modelErrors';
import { quantizationFormOf } from '../../onnx/quantizationForm';
import type { OnnxModel } from '../../onnx/readModel';
import type { GraphFacts, NamedValue, TensorUse } from '../../protocol/panels/graph';
import { bytesText } from '../../protocol/byteText';
import { precisionOf } from '../model/modelDetection';
import { cut, nodePropertiesOf, portUse } from './nodeProperties';
import type { ShownModel } from './shownModel';

const mostPorts = 1000;
const mostKinds = 1000;
const mostEntries = 50;
const mostWarnings = 100;
const mostDataFiles = 1000;
/** In larger graphs, facts that need a walk through all of it would take seconds in which nothing else is answered. */
const mostWalked = 200_000;

/** Answers for every model that can be shown, be it one that feeds itself. */
export function graphFactsOf(model: ShownModel, path: string): GraphFacts {
  const { opened, graph } = model;
  const nodes = graph.nodes.flatMap((node, index) => (node.boundary === undefined ? [{ node, index }] : []));
  const shown = nodes.filter(({ index }) => !model.isHidden(index));
  const ports = (kind: 'input' | 'output'): readonly TensorUse[] =>
    graph.nodes
      .filter(({ boundary }) => boundary === kind)
      .slice(0, mostPorts)
      .map(({ id, name }) => portOf(model, kind, id, name));
  const { format, facts, warnings } =
    opened.kind === 'onnx' ? onnxFacts(opened.model) : foreignFacts(opened.model.facts);
  return {
    path,
    fileName: basename(path),
    format,
    facts: facts
      .flatMap((fact) => (fact.name === 'Nodes' ? [fact, undrawn(nodes.length - shown.length)] : [fact]))
      .filter(({ value }) => value !== ''),
    inputs: ports('input'),
    outputs: ports('output'),
    opTypes: counted(shown.map(({ node }) => node.type)),
    nodes: shown.length,
    canBeQuantized: opened.kind === 'onnx' && quantizationFormOf(opened.model.proto).form === 'none',
    dataFiles: opened.kind === 'onnx' ? opened.model.externalFiles.slice(0, mostDataFiles) : [],
    warnings: warnings.slice(0, mostWarnings).map(cut),
  };
}

/** Constants stand at what reads them: picture and table have no rows and cards of their own for them. */
function undrawn(count: number): NamedValue {
  return { name: 'Constants, not drawn', value: count === 0 ? '' : count.toLocaleString('en') };
}

/** Called by its name; with those that read or make it. */
function portOf(model: ShownModel, kind: 'input' | 'output', id: string, name: string): TensorUse {
  const { inputs, outputs } = nodePropertiesOf(model, id);
  const use = (kind === 'input' ? outputs : inputs)[0] ?? portUse(model, kind === 'input', name, []);
  return { ...use, role: name };
}

interface FormatFacts {
  readonly format: string;
  readonly facts: readonly NamedValue[];
  readonly warnings: readonly string[];
}

function onnxFacts(model: OnnxModel): FormatFacts {
  const { proto } = model;
  const entries = proto.metadataProps.slice(0, mostEntries);
  const own: NamedValue[] = [
    { name: 'Size', value: bytesText(model.sizeBytes) },
    { name: 'External data', value: cut(model.externalFiles.map((file) => basename(file)).join(', ')) },
    { name: 'Graph', value: shortText(model.graph.name) },
    { name: 'Description', value: shortText(proto.docString || model.graph.docString) },
    ...entries.map(({ key, value }) => ({ name: shortText(key), value: cut(value) })),
  ];
  const nodes = model.graph.node.length;
  if (nodes > mostWalked) {
    const all = nodes.toLocaleString('en');
    return { format: 'ONNX', facts: own, warnings: [`It has ${all} nodes: not all facts of it were worked out.`] };
  }
  try {
    const facts = modelFacts(model);
    return { format: 'ONNX', facts: [...factRows(facts), ...own], warnings: facts.warnings };
  } catch (thrown) {
    if (!(thrown instanceof ModelError)) throw thrown;
    return { format: 'ONNX', facts: own, warnings: [[thrown.message, thrown.nextStep].filter(Boolean).join(' ')] };
  }
}

function factRows(facts: ModelFacts): NamedValue[] {
  const { quantization } = facts;
  const opsets = Object.entries(facts.opset).map(([domain, version]) => `${domain} ${version}`);
  const forms = `${quantization.form}, ${quantization.nodes} nodes`;
  return [
    { name: 'IR version', value: facts.irVersion === null ? '' : String(facts.irVersion) },
    { name: 'Operator sets', value: cut(opsets.join(', ')) },
    { name: 'Producer', value: shortText(facts.producer) },
    { name: 'Nodes', value: facts.nodes.toLocaleString('en') },
    { name: 'In branches and loops', value: facts.subgraphNodes === 0 ? '' : facts.subgraphNodes.toLocaleString('en') },
    { name: 'Functions', value: facts.functions === 0 ? '' : String(facts.functions) },
    { name: 'Parameters', value: facts.parameters.toLocaleString('en') },
    { name: 'Precision', value: precisionOf(quantization.form, facts.floatType) },
    { name: 'Quantized', value: facts.quantized ? forms : 'no' },
    { name: 'Floating-point type', value: facts.floatType ?? '' },
    { name: 'Domain', value: facts.domain },
    { name: 'Open dimensions', value: cut(facts.dynamicDimensions.map(shortText).join(', ')) },
  ];
}

function foreignFacts({ format, formatVersion, sizeBytes, nodes, constants, warnings }: ForeignFacts): FormatFacts {
  const facts = [
    { name: 'Version', value: formatVersion },
    { name: 'Nodes', value: nodes.toLocaleString('en') },
    { name: 'Constants', value: constants.toLocaleString('en') },
    { name: 'Size', value: bytesText(sizeBytes) },
  ];
  return { format, facts, warnings: ['It can be looked at; models run here as ONNX only.', ...warnings] };
}

/** Most frequent first. */
function counted(types: readonly string[]): GraphFacts['opTypes'] {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts]
    .sort(([a, one], [b, other]) => other - one || a.localeCompare(b))
    .slice(0, mostKinds)
    .map(([opType, count]) => ({ opType: shortText(opType), count }));
}
