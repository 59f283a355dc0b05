// What of a model stays float because the script says so (SYSTEMS §7.4, §7.5): nodes by name, operators, whole parts.
import { nearestName } from '../../config/nearestName';
import { engineOps } from '../../dictionary/engineOps';
import { attributeOf } from '../../onnx/graphView';
import type { NodeProto } from '../../onnx/messages';
import { isObject, Parameters } from './parameters';
import { pipelineErrors } from './pipelineErrors';

interface IgnoredOperation {
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** For one part, or for the model. */
interface PartScope {
  readonly nodes: readonly string[];
  readonly operations: readonly IgnoredOperation[];
  readonly skipsModel: boolean;
}

/** One for the whole model, or one for each part that is named. */
export type IgnoredScope =
  | { readonly kind: 'model'; readonly scope: PartScope }
  | { readonly kind: 'parts'; readonly scopes: ReadonlyMap<string, PartScope> };

/** Of all domains. */
const opTypes = new Set([...engineOps.values()].flatMap((names) => [...names]));

const keys = ['scope', 'operations', 'skip_model'] as const;

/** Throws PipelineError for anything but the two forms of §7.4. */
export function ignoredOf(given: unknown, place: string): IgnoredScope {
  const isOfParts =
    isObject(given) &&
    Object.keys(given).length > 0 &&
    Object.entries(given).every(([key, value]) => isObject(value) && !(keys as readonly string[]).includes(key));
  if (!isOfParts) return { kind: 'model', scope: partScope(given ?? {}, place) };
  const scopes = Object.entries(given).map(([part, value]) => [part, partScope(value, `${place}.${part}`)] as const);
  return { kind: 'parts', scopes: new Map(scopes) };
}

function partScope(given: unknown, place: string): PartScope {
  const group = new Parameters(given, keys, place);
  const nodes = group.list('scope').map((name) => {
    if (typeof name === 'string') return name;
    throw pipelineErrors.parameter(group.placeOf('scope'), name, 'names of nodes');
  });
  const operations = group.list('operations').map((one) => operationOf(one, group.placeOf('operations')));
  return { nodes, operations, skipsModel: group.flag('skip_model') ?? false };
}

function operationOf(given: unknown, place: string): IgnoredOperation {
  const group = new Parameters(given, ['type', 'attributes'], place);
  const type = group.text('type');
  if (type === undefined) throw pipelineErrors.parameter(`${place}.type`, undefined, 'an operator type such as Conv');
  if (!opTypes.has(type)) {
    const near = nearestName(type, [...opTypes]) ?? 'Conv';
    throw pipelineErrors.parameter(`${place}.type`, type, `an operator type such as ${near}`);
  }
  const attributes = group.value('attributes') ?? {};
  if (!isObject(attributes)) throw pipelineErrors.parameter(`${place}.attributes`, attributes, 'attributes by name');
  return { type, attributes };
}

/**
 * The nodes of a part that stay float; undefined where that is the whole part.
 *
 * @param prefix of the part's nodes in a scope for the whole model
 * @throws `pipeline-unknown-node` for a name the part does not have
 */
export function ignoredNodes(
  ignored: IgnoredScope,
  part: { readonly name: string | undefined; readonly prefix: string; readonly nodes: readonly NodeProto[] },
): readonly string[] | undefined {
  const scope = ignored.kind === 'model' ? ignored.scope : ignored.scopes.get(part.name ?? '');
  if (scope === undefined) return [];
  if (scope.skipsModel) return undefined;
  const known = part.nodes.map(({ name }) => name);
  const isForAll = ignored.kind === 'model' && part.prefix !== '';
  const named = scope.nodes.flatMap((name) => {
    if (isForAll && !name.startsWith(part.prefix)) return [];
    const own = isForAll ? name.slice(part.prefix.length) : name;
    if (!known.includes(own)) throw pipelineErrors.unknownNode(own, nearestName(own, known));
    return own;
  });
  const ofTypes = part.nodes.filter((node) => scope.operations.some((operation) => isOf(node, operation)));
  return [...new Set([...named, ...ofTypes.map(({ name }) => name)])];
}

/** Throws `pipeline-unknown-part` for a scope of a part the model does not have. */
export function refuseUnknownParts(ignored: IgnoredScope, parts: readonly string[]): void {
  if (ignored.kind === 'model') return;
  const unknown = [...ignored.scopes.keys()].find((part) => !parts.includes(part));
  if (unknown !== undefined) throw pipelineErrors.unknownPart(unknown, parts);
}

function isOf(node: NodeProto, { type, attributes }: IgnoredOperation): boolean {
  if (node.opType !== type) return false;
  return Object.entries(attributes).every(([name, wanted]) => {
    const attribute = attributeOf(node, name);
    if (attribute === undefined) return false;
    const { f, i, s, ints, floats } = attribute;
    const lists = [ints, floats].filter((list) => list.length > 0).map((list) => JSON.stringify(list.map(Number)));
    const single = i !== undefined ? Number(i) : s !== undefined ? new TextDecoder().decode(s) : f;
    return Array.isArray(wanted) ? lists.includes(JSON.stringify(wanted)) : single === wanted;
  });
}
