// Flat graphs for the tests of groups: written by hand, and random ones.
import fc from 'fast-check';
import { FlatGraphBuilder, groupsOfName } from '../../src/onnx/hierarchy/flatGraph';
import type { FlatGraph } from '../../src/onnx/hierarchy/flatGraph';
import type { ModelGraph, ModelHierarchy } from '../../src/onnx/hierarchy/modelHierarchy';

/** `[name, type, names it reads]`; the types `Input node` and `Output node` make boundary nodes. */
export type NodeLine = readonly [name: string, type: string, reads?: readonly string[]];

export function flatGraph(lines: readonly NodeLine[]): FlatGraph {
  const builder = new FlatGraphBuilder();
  const indices = lines.map(([name, type]) => {
    const boundary = type === 'Input node' ? 'input' : type === 'Output node' ? 'output' : undefined;
    return builder.add({
      ...{ name, type, groups: boundary === undefined ? groupsOfName(name) : [], attributes: () => [] },
      ...(boundary === undefined ? {} : { boundary }),
    });
  });
  const byName = new Map(lines.map(([name], line) => [name, indices[line] ?? -1]));
  lines.forEach(([, , reads = []], line) => {
    for (const name of reads) builder.connect(byName.get(name) ?? -1, indices[line] ?? -1);
  });
  return builder.finish([], []);
}

/** A chain of nodes `n0`, `n1`, … of these types, each reading the one before. */
export function chain(types: readonly string[]): FlatGraph {
  return flatGraph(types.map((type, at): NodeLine => [`n${at}`, type, at === 0 ? [] : [`n${at - 1}`]]));
}

export const idsOf = ({ nodes }: ModelGraph): string[] => nodes.map(({ id }) => id);
export const edgesOf = ({ edges }: ModelGraph): string[] => edges.map(({ source, target }) => `${source} > ${target}`);
export const allGroups = (hierarchy: ModelHierarchy): string[] => [...hierarchy.groups.keys()];

const parts = fc.constantFrom('a', 'b', 'layer.0', 'node_group_a', '__proto__', 'x y', '');
const types = fc.constantFrom('Conv', 'Relu', 'Add', 'Const', 'Identity', 'Input node', 'Output node');
const nameParts = fc.array(parts, { minLength: 1, maxLength: 5 });

/** Random graphs; edges may run in circles, names may be equal or empty. */
export const anyGraph: fc.Arbitrary<FlatGraph> = fc
  .array(fc.record({ path: nameParts, type: types, reads: fc.array(fc.nat(80), { maxLength: 3 }) }), { maxLength: 80 })
  .map((nodes) => {
    const builder = new FlatGraphBuilder();
    for (const { path, type } of nodes) {
      const name = path.join('/');
      const boundary = type === 'Input node' ? 'input' : type === 'Output node' ? 'output' : undefined;
      builder.add({
        ...{ name, type, groups: groupsOfName(name), attributes: () => [] },
        ...(boundary === undefined ? {} : { boundary }),
      });
    }
    nodes.forEach(({ reads }, reader) => {
      for (const maker of reads) if (maker < nodes.length) builder.connect(maker, reader);
    });
    return builder.finish([], []);
  });
