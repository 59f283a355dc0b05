// Faults that do not keep a model from being read and looked at, but may keep it from running.
import { bitsOf, DataType, dataTypeName } from './dataTypes';
import { isStandardDomain } from './graphView';
import type { ModelProto } from './messages';
import { quoted } from './modelErrors';
import { scopesOf, tensorsOf } from './modelWalk';
import { standsInOrder } from './nodeOrder';

/** One fault, said once a model even if it occurs often. */
export interface ModelProblem {
  /** Stable, kebab-case: `duplicate-node-name`, `unsupported-opset`, … */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
  readonly place?: string;
}

/** Versions ONNX Runtime 1.30 accepts (measured): IR up to 13, ai.onnx 7 to 26. */
export const supportedVersions = { oldestIr: 3, newestIr: 13, oldestOpset: 7, newestOpset: 26 } as const;

/** Domains whose operators ONNX Runtime brings, with the newest version of each (measured). */
const newestByDomain: Readonly<Record<string, number>> = {
  'ai.onnx.ml': 5,
  'ai.onnx.training': 1,
  'ai.onnx.preview.training': 1,
  'com.microsoft': 1,
  'com.microsoft.nchwc': 1,
  'com.microsoft.experimental': 1,
  'com.ms.internal.nhwc': supportedVersions.newestOpset,
};

/** Everything doubtful about a model that `checkStructure` let through. */
export function problemsOf(model: ModelProto): readonly ModelProblem[] {
  return [...versionProblems(model), ...domainProblems(model), ...nodeProblems(model), ...shapeProblems(model)];
}

function versionProblems(model: ModelProto): ModelProblem[] {
  const problems: ModelProblem[] = [];
  const { oldestIr, newestIr, oldestOpset, newestOpset } = supportedVersions;
  const { irVersion } = model;
  if (irVersion === undefined || irVersion < oldestIr || irVersion > newestIr) {
    const found = irVersion === undefined ? 'names no IR version' : `has IR version ${irVersion}`;
    problems.push({
      code: 'unsupported-ir',
      message: `The model ${found}; versions ${oldestIr} to ${newestIr} are supported.`,
    });
  }
  const opset = model.opsetImport.find((entry) => isStandardDomain(entry.domain));
  if (model.opsetImport.length === 0) {
    problems.push({ code: 'no-opset', message: 'The model does not say which operator set it uses.' });
  } else if (opset !== undefined && (opset.version < oldestOpset || opset.version > newestOpset)) {
    problems.push({
      code: 'unsupported-opset',
      message: `The model uses operator set ${opset.version}; versions ${oldestOpset} to ${newestOpset} are supported.`,
    });
  }
  return problems;
}

function domainProblems(model: ModelProto): ModelProblem[] {
  const problems: ModelProblem[] = [];
  const imported = new Set(model.opsetImport.map((entry) => entry.domain));
  const local = new Set(model.functions.map((body) => body.domain));
  const seen = new Set<string>();
  for (const { graph, function: body } of scopesOf(model)) {
    for (const entry of body?.opsetImport ?? []) imported.add(entry.domain);
    for (const node of graph.node) {
      const { domain } = node;
      if (isStandardDomain(domain) || seen.has(domain)) continue;
      seen.add(domain);
      const place = `node ${quoted(node.name)} (${node.opType})`;
      if (newestByDomain[domain] === undefined && !local.has(domain)) {
        const message = `Operators of the domain ${quoted(domain)} are not known here.`;
        problems.push({ code: 'unknown-domain', message, place });
      } else if (!imported.has(domain)) {
        const message = `The model uses the domain ${quoted(domain)} without importing it.`;
        problems.push({ code: 'missing-import', message, place });
      }
    }
  }
  for (const { domain, version } of model.opsetImport) {
    const newest = newestByDomain[domain];
    if (newest === undefined || version <= newest) continue;
    const message = `The model uses ${domain} in version ${version}; versions up to ${newest} are supported.`;
    problems.push({ code: 'unsupported-opset', message });
  }
  return problems;
}

function nodeProblems(model: ModelProto): ModelProblem[] {
  const problems = new Map<string, ModelProblem>();
  const note = (problem: ModelProblem): void => {
    if (!problems.has(problem.code)) problems.set(problem.code, problem);
  };
  for (const { graph, title } of scopesOf(model)) {
    const names = new Set<string>();
    for (const { name } of graph.node) {
      if (name !== '' && names.has(name)) {
        const message = `Several nodes have the name ${quoted(name)}; the engine wants them to differ.`;
        note({ code: 'duplicate-node-name', message, place: title });
      }
      names.add(name);
    }
    if (!standsInOrder(graph)) {
      note({ code: 'unsorted-nodes', message: 'Nodes do not stand in the order in which they run.', place: title });
    }
  }
  return [...problems.values()];
}

function shapeProblems(model: ModelProto): ModelProblem[] {
  const problems: ModelProblem[] = [];
  for (const value of [...(model.graph?.input ?? []), ...(model.graph?.output ?? [])]) {
    const dims = value.type?.tensorType?.shape?.dim ?? [];
    if (!dims.some((dim) => dim.dimValue !== undefined && dim.dimValue < 0)) continue;
    const message = `The shape of ${quoted(value.name)} has a negative size; it is read as an unknown one.`;
    problems.push({ code: 'negative-size', message, place: value.name });
  }
  for (const tensor of tensorsOf(model)) {
    if (tensor.dataType === DataType.string || bitsOf(tensor.dataType) !== undefined) continue;
    const message = `The element type "${dataTypeName(tensor.dataType)}" of ${quoted(tensor.name)} is not known here.`;
    problems.push({ code: 'unknown-type', message, place: tensor.name });
    break;
  }
  return problems;
}
