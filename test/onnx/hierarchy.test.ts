// Groups opened and closed: the rules of the original graph (SYSTEMS §1.7), and what must hold for every graph.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupIdPrefix, groupsOfName } from '../../src/onnx/hierarchy/flatGraph';
import { Group } from '../../src/onnx/hierarchy/groupTree';
import { highlightPattern } from '../../src/onnx/hierarchy/highlightPattern';
import { ModelHierarchy } from '../../src/onnx/hierarchy/modelHierarchy';
import { ModelError } from '../../src/onnx/modelErrors';
import { allGroups, anyGraph, edgesOf, flatGraph, idsOf } from './hierarchyGraphs';

const resnet = new ModelHierarchy(
  flatGraph([
    ['input', 'Placeholder'],
    ['net/stem/conv', 'Conv', ['input', 'net/stem/w']],
    ['net/stem/w', 'Const'],
    ['net/stem/relu', 'Relu', ['net/stem/conv']],
    ['net/block/add', 'Add', ['net/stem/relu', 'net/stem/conv']],
    ['alone/only', 'Mul', ['net/block/add']],
    ['ArgMax', 'ArgMax', ['alone/only']],
    ['softmax', 'Softmax', ['alone/only']],
  ]),
);

describe('groups by name', () => {
  it('stand for what is in them, as the answer of the Bench shows it', () => {
    const view = resnet.view();
    expect(view.nodes[1]).toEqual({ id: 'node_group_net', label: 'net', group: 'net', node_type: 'group_node' });
    expect(view.nodes[3]).toEqual({
      ...{ id: 'ArgMax', label: 'ArgMax', highlight: false, attributes: [], node_type: 'node' },
      properties: { name: 'ArgMax', type: 'ArgMax' },
    });
    expect(idsOf(view)).toEqual(['input', 'node_group_net', 'alone/only', 'ArgMax', 'softmax']);
    expect(edgesOf(view)).toEqual([
      'input > node_group_net',
      'node_group_net > alone/only',
      'alone/only > ArgMax',
      'alone/only > softmax',
    ]);
  });

  it('open one level at a time; groups of one node are that node', () => {
    const open = resnet.view({ expanded: ['net'] });
    expect(idsOf(open)).toEqual(['input', 'node_group_net/stem', 'net/block/add', 'alone/only', 'ArgMax', 'softmax']);
    expect(edgesOf(open)).toContain('node_group_net/stem > net/block/add');
    // By id, too; but not from inside of a closed one.
    expect(resnet.view({ expanded: ['node_group_net'] })).toEqual(open);
    expect(resnet.view({ expanded: ['net/stem', 'no such group'] })).toEqual(resnet.view());
  });

  it('leave out constants and copies of them, but not what comes out of the model', () => {
    const view = new ModelHierarchy(
      flatGraph([
        ['c', 'Constant'],
        ['copy', 'Identity', ['c']],
        ['seen', 'Identity', ['x']],
        ['x', 'Input node'],
        ['add', 'Add', ['copy', 'seen']],
        ['answer', 'Const'],
        ['y', 'Output node', ['answer']],
      ]),
    ).view();
    expect(idsOf(view)).toEqual(['x', 'seen', 'add', 'answer', 'y']);
  });

  it.each([
    ['/encoder/layer.0/Add', ['encoder', 'layer.0']],
    ['a//b/', ['a']],
    ['plain', []],
    ['/', []],
    ['', []],
    ['x/'.repeat(1e6), Array.from({ length: 64 }, () => 'x')],
  ])('of %.30s are found', (name, groups) => {
    expect(groupsOfName(name)).toEqual(groups);
  });

  it('and nodes never share an id, however they are called', () => {
    const hierarchy = new ModelHierarchy(
      flatGraph([
        ['node_group_a', 'Conv'],
        ['a/b', 'Conv'],
        ['a/b', 'Relu'],
        ['a/b#2', 'Add'],
        ['', 'Add'],
      ]),
    );
    expect(idsOf(hierarchy.view())).toEqual(['node:node_group_a', 'node_group_a', '']);
    expect(idsOf(hierarchy.view({ expanded: ['a'] }))).toEqual(['node:node_group_a', 'a/b', 'a/b#2', 'a/b#2#2', '']);
  });
});

describe('a pattern', () => {
  it('is marked along the edges, its groups opened', () => {
    const { graph, groups } = highlightPattern(resnet, 'net/stem/conv', ['Conv', 'Relu', 'Add', 'Softmax']);
    const marked = graph.nodes.filter((node) => node.node_type === 'node' && node.highlight).map(({ id }) => id);
    expect(marked).toEqual(['net/stem/conv', 'net/stem/relu', 'net/block/add']);
    expect(groups).toEqual(['net', 'net/stem', 'net/block']);
  });

  it('may leave the operator itself out, and keeps open what was', () => {
    const without = highlightPattern(resnet, 'net/stem/conv', ['Relu'], ['alone']);
    expect(without.groups).toEqual(['alone', 'net', 'net/stem']);
    expect(without.graph.nodes.filter((node) => node.node_type === 'node' && node.highlight)).toHaveLength(2);
  });

  it('of an operator that is not there is refused', () => {
    expect(() => highlightPattern(resnet, '__proto__', [])).toThrow(ModelError);
    expect(() => highlightPattern(resnet, '__proto__', [])).toThrow(/no node "__proto__"/);
  });
});

/** A graph and some of its groups. */
const anyView = fc
  .tuple(anyGraph, fc.integer({ min: 10, max: 40 }), fc.array(fc.nat(), { maxLength: 20 }))
  .map(([graph, limit, picks]) => {
    const hierarchy = new ModelHierarchy(graph, limit);
    const keys = allGroups(hierarchy);
    const expanded = keys.length === 0 ? [] : picks.map((pick) => keys[pick % keys.length]!);
    return { graph, hierarchy, limit, expanded };
  });

describe('every graph', () => {
  it('has edges between what is visible only, each once, none to itself, and ids that differ', () => {
    fc.assert(
      fc.property(anyView, ({ hierarchy, expanded }) => {
        const view = hierarchy.view({ expanded });
        const ids = new Set(idsOf(view));
        expect(ids.size).toBe(view.nodes.length);
        for (const { source, target } of view.edges) {
          expect(ids.has(source) && ids.has(target)).toBe(true);
          expect(source).not.toBe(target);
        }
        expect(new Set(view.edges.map((edge) => JSON.stringify(edge))).size).toBe(view.edges.length);
      }),
    );
  });

  it('shows all nodes and edges but hidden ones when all groups are open', () => {
    fc.assert(
      fc.property(anyView, ({ graph, hierarchy }) => {
        const view = hierarchy.view({ expanded: allGroups(hierarchy) });
        const shown = graph.nodes.filter((_, index) => !graph.hidden[index]);
        expect(idsOf(view).sort()).toEqual(shown.map(({ id }) => id).sort());
        const edges = graph.sources.flatMap((sources, node) =>
          sources
            .filter((source) => !graph.hidden[source] && !graph.hidden[node])
            .map((source) => `${graph.nodes[source]!.id} > ${graph.nodes[node]!.id}`),
        );
        expect(edgesOf(view).sort()).toEqual(edges.sort());
      }),
    );
  });

  it('has each shown node in exactly one visible place, the outermost closed group of several', () => {
    fc.assert(
      fc.property(anyView, ({ hierarchy, expanded }) => {
        const ids = idsOf(hierarchy.view({ expanded }));
        const expected = new Set<string>();
        const visit = (group: Group): void => {
          for (const item of group.items) {
            if (!(item instanceof Group)) expected.add(hierarchy.graph.nodes[item]!.id);
            else if (item.size > 1 && !expanded.includes(item.key)) expected.add(item.id);
            else visit(item);
          }
        };
        visit(hierarchy.root);
        expect(new Set(ids)).toEqual(expected);
      }),
    );
  });

  it('looks the same when groups inside of closed ones are closed, too', () => {
    fc.assert(
      fc.property(anyView, ({ hierarchy, expanded }) => {
        const isSeen = (key: string): boolean => {
          for (let at = hierarchy.groups.get(key)?.parent; at !== undefined && at !== hierarchy.root; at = at.parent)
            if (at.size > 1 && !expanded.includes(at.key)) return false;
          return true;
        };
        const seen = expanded.filter(isSeen);
        expect(hierarchy.view({ expanded: seen })).toEqual(hierarchy.view({ expanded }));
        expect(hierarchy.view({ expanded: seen.map((key) => groupIdPrefix + key) })).toEqual(
          hierarchy.view({ expanded }),
        );
      }),
    );
  });

  it('keeps to the limit: as a whole, and in each group', () => {
    fc.assert(
      fc.property(anyView, ({ hierarchy, limit }) => {
        expect(hierarchy.view().nodes.length).toBeLessThanOrEqual(limit);
        for (const group of hierarchy.groups.values()) expect(group.items.length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});
