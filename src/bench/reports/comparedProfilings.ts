// Two profilings matched: by the operators of the model, because the engine gives the ones it executes types and names of its own.
import { floatTypeOf, isConversion } from '../../onnx/quantizationForm';
import type { ComparedRow } from '../../protocol/panels/profiling';
import type { NodeProfile, ProfileResult } from '../../protocol/profiling';
import type { FloatCounterparts } from '../graph/floatCounterparts';

type Part = 'here' | 'there';

/** Executed nodes of both sides that compute the same operators of the model. */
interface Match {
  readonly here: NodeProfile[];
  readonly there: NodeProfile[];
}

/** The same times, told of the operators of the float model that a quantized or optimized one was made from. */
export function toldOfFloat(nodes: readonly NodeProfile[], counterparts: FloatCounterparts): readonly NodeProfile[] {
  return nodes.map((node) => ({
    ...node,
    modelNodes: node.modelNodes.flatMap((one) => counterparts.get(one.node) ?? [one]),
  }));
}

/** Rows by operator type of the model, those that took longest first. */
export function comparedOps(here: readonly NodeProfile[], there: readonly NodeProfile[]): readonly ComparedRow[] {
  const byType = new Map<string, Match>();
  for (const [part, nodes] of [['here', here] as const, ['there', there] as const]) {
    for (const node of nodes) {
      const type = floatTypeOf(coreOf(node)[0]?.opType ?? node.opType);
      const match = byType.get(type) ?? { here: [], there: [] };
      byType.set(type, match);
      match[part].push(node);
    }
  }
  return longestFirst([...byType].map(([type, match]) => rowOf(type, type, match)));
}

/** Rows by operators of the model, those that took longest first. */
export function comparedNodes(here: readonly NodeProfile[], there: readonly NodeProfile[]): readonly ComparedRow[] {
  const groups = new Groups();
  const sides: readonly (readonly [Part, NodeProfile])[] = [
    ...here.map((node) => ['here', node] as const),
    ...there.map((node) => ['there', node] as const),
  ];
  for (const [, node] of sides) groups.join(namesOf(node));
  const matches = new Map<string, Match & { readonly label: string }>();
  for (const [part, node] of sides) {
    const [first = node.node] = namesOf(node);
    const key = groups.leaderOf(first);
    const match = matches.get(key) ?? { label: first, here: [], there: [] };
    matches.set(key, match);
    match[part].push(node);
  }
  return longestFirst([...matches].map(([key, match]) => rowOf(key, match.label, match)));
}

/** What makes the difference say something else than how good the models are. */
export function comparisonCautions(here: ProfileResult, there: ProfileResult): readonly string[] {
  const cautions: string[] = [];
  const differ = (what: string, ours: string | number, theirs: string | number): void => {
    if (ours !== theirs) cautions.push(`${what}: ${ours} here, ${theirs} there.`);
  };
  differ('Threads', here.environment.threads, there.environment.threads);
  differ('Processor', here.machine.cpuModel, there.machine.cpuModel);
  differ('Engine', here.environment.engineVersion, there.environment.engineVersion);
  differ('Input', inputText(here), inputText(there));
  return cautions;
}

function inputText({ data, inputShapes }: ProfileResult): string {
  const shapes = Object.values(inputShapes).map((shape) => `[${shape.join(', ')}]`);
  return `${data === 'dataset' ? 'samples of the data set' : 'random numbers'} ${shapes.join(' ')}`;
}

/** The operators of the model that a node computes, without conversions beside them: a quantized model has those in addition. */
function coreOf({ modelNodes }: NodeProfile): NodeProfile['modelNodes'] {
  const core = modelNodes.filter(({ opType }) => !isConversion(opType));
  return core.length > 0 ? core : modelNodes;
}

function namesOf(node: NodeProfile): readonly string[] {
  const names = coreOf(node).map((one) => one.node);
  return names.length > 0 ? names : [node.node];
}

function rowOf(key: string, label: string, { here, there }: Match): ComparedRow {
  return {
    key,
    label,
    here: typesOf(here),
    there: typesOf(there),
    hereUs: timeOf(here),
    thereUs: timeOf(there),
  };
}

function typesOf(nodes: readonly NodeProfile[]): string {
  return [...new Set(nodes.map(({ opType }) => opType))].join(' + ');
}

function timeOf(nodes: readonly NodeProfile[]): number | null {
  return nodes.length === 0 ? null : nodes.reduce((sum, { timeUs }) => sum + timeUs, 0);
}

function longestFirst(rows: readonly ComparedRow[]): readonly ComparedRow[] {
  const longest = ({ hereUs, thereUs }: ComparedRow): number => Math.max(hereUs ?? 0, thereUs ?? 0);
  return [...rows].sort((one, other) => longest(other) - longest(one));
}

/** Names that belong together, because some node computes them in one go. */
class Groups {
  private readonly parents = new Map<string, string>();

  join([first, ...others]: readonly string[]): void {
    if (first === undefined) return;
    for (const other of others) {
      const [one, two] = [this.leaderOf(first), this.leaderOf(other)];
      if (one !== two) this.parents.set(two, one);
    }
  }

  leaderOf(name: string): string {
    let leader = name;
    for (let above = this.parents.get(leader); above !== undefined; above = this.parents.get(leader)) leader = above;
    if (leader !== name) this.parents.set(name, leader);
    return leader;
  }
}
