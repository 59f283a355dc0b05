// Groups for graphs whose names tell of none: repeated blocks, parts of long chains.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelHierarchy } from '../../src/onnx/hierarchy/modelHierarchy';
import { repeatedBlocks } from '../../src/onnx/hierarchy/repeatedBlocks';
import { allGroups, chain, edgesOf, flatGraph, idsOf } from './hierarchyGraphs';
import type { NodeLine } from './hierarchyGraphs';

const layer = ['MatMul', 'Add', 'Softmax', 'MatMul', 'Add', 'LayerNormalization', 'Gelu'];

function times(count: number, types: readonly string[]): string[] {
  return Array.from({ length: count }, () => types).flat();
}

function blocksOf(types: readonly string[], largest = 500): string[] {
  const symbols = Int32Array.from(types, (type) => [...new Set(types)].indexOf(type));
  const blocks = repeatedBlocks(symbols, new Int32Array(types.length + 1), largest);
  return blocks.map(({ start, end }) => types.slice(start, end).join(' '));
}

describe('repeated blocks', () => {
  it('are the layers, with what stands around them left out', () => {
    const found = blocksOf(['Conv', 'Relu', ...times(12, layer), 'Tanh', 'Gemm']);
    expect(found).toEqual(Array.from({ length: 12 }, () => layer.join(' ')));
  });

  it('begin where the fewest tensors cross', () => {
    const types = times(20, layer);
    // One tensor everywhere, a second one but at every third of seven.
    const crossings = Int32Array.from({ length: types.length + 1 }, (_, at) => (at % 7 === 3 ? 1 : 2));
    const symbols = Int32Array.from(types, (type) => layer.indexOf(type));
    const blocks = repeatedBlocks(symbols, crossings, 500);
    expect(blocks.every(({ start, end }) => start % 7 === 3 && end - start === 7)).toBe(true);
    expect(blocks).toHaveLength(19);
  });

  it('are not made where nothing repeats, or what repeats is small', () => {
    expect(blocksOf(Array.from({ length: 300 }, (_, at) => `Op${at}`))).toEqual([]);
    expect(blocksOf(['Conv', 'Relu', 'Conv', 'Relu', 'Add'])).toEqual([]);
  });

  it('of a uniform chain are some at a time', () => {
    const found = blocksOf(times(5000, ['Relu']));
    expect(found.length).toBeGreaterThan(50);
    expect(found.length).toBeLessThanOrEqual(100);
  });

  it('never overlap, keep to the size, and of equal neighbours', () => {
    const types = fc.array(fc.nat(2), { maxLength: 120 });
    fc.assert(
      fc.property(types, fc.integer({ min: 10, max: 30 }), (symbols, largest) => {
        const blocks = repeatedBlocks(Int32Array.from(symbols), new Int32Array(symbols.length + 1), largest);
        let end = 0;
        for (const block of blocks) {
          expect(block.start).toBeGreaterThanOrEqual(end);
          expect(block.end - block.start).toBeLessThanOrEqual(largest);
          end = block.end;
          const looks = symbols.slice(block.start, block.end).join();
          const twins = blocks.filter((other) => symbols.slice(other.start, other.end).join() === looks);
          expect(twins.length).toBeGreaterThan(1);
        }
      }),
    );
  });
});

describe('a graph without names that tell of groups', () => {
  it('is left as it is when it is small', () => {
    expect(allGroups(new ModelHierarchy(chain(times(14, layer))))).toEqual([]);
  });

  it('gets its layers as groups, which open', () => {
    const hierarchy = new ModelHierarchy(chain(['Conv', ...times(20, layer), 'Gemm']));
    const view = hierarchy.view();
    expect(view.nodes).toHaveLength(22);
    expect(view.nodes[1]).toMatchObject({ id: 'node_group_block_1', label: 'block_1', group: 'block_1' });
    expect(edgesOf(view).slice(0, 2)).toEqual(expect.arrayContaining(['n0 > node_group_block_1']));
    expect(idsOf(hierarchy.view({ expanded: ['block_1'] })).slice(0, 3)).toEqual(['n0', 'n1', 'n2']);
  });

  it('has edges between its groups that run one way, wherever its nodes stand in the file', () => {
    const lines = times(60, layer).map((type, at): NodeLine => [
      `n${at}`,
      type,
      at < 5 ? [] : [`n${at - 1}`, `n${at - 5}`],
    ]);
    const view = new ModelHierarchy(flatGraph(lines.reverse()), 50).view();
    const place = new Map(idsOf(view).map((id, at) => [id, at]));
    expect(view.nodes.length).toBeLessThanOrEqual(50);
    for (const { source, target } of view.edges) expect(place.get(source)).toBeLessThan(place.get(target)!);
  });

  it('is cut into parts of parts when nothing repeats', () => {
    const hierarchy = new ModelHierarchy(chain(Array.from({ length: 20_000 }, (_, at) => `Op${at}`)), 20);
    expect(hierarchy.view().nodes.length).toBeLessThanOrEqual(20);
    for (const { items, size } of hierarchy.groups.values()) {
      expect(items.length).toBeLessThanOrEqual(20);
      expect(size).toBeGreaterThan(1);
    }
    expect(hierarchy.view({ expanded: allGroups(hierarchy) }).nodes).toHaveLength(20_000);
  });

  it('folds many inputs and outputs', () => {
    const inputs = Array.from({ length: 300 }, (_, at): NodeLine => [`x${at}`, 'Input node']);
    const outputs = Array.from({ length: 700 }, (_, at): NodeLine => [`y${at}`, 'Output node', ['add']]);
    const add: NodeLine = ['add', 'Add', inputs.map(([name]) => name)];
    const hierarchy = new ModelHierarchy(flatGraph([...inputs, add, ...outputs]));
    expect(idsOf(hierarchy.view())).toEqual(['node_group_inputs', 'add', 'node_group_outputs']);
    expect(hierarchy.view({ expanded: ['outputs'] }).nodes.length).toBeLessThanOrEqual(502);
  });

  it('may be crowded inside of a group that has a name', () => {
    const lines = Array.from({ length: 900 }, (_, at): NodeLine => [`net/n${at}`, `Op${at}`]);
    const hierarchy = new ModelHierarchy(flatGraph([...lines, ['last', 'Gemm', ['net/n5']]]));
    expect(idsOf(hierarchy.view())).toEqual(['node_group_net', 'last']);
    const open = hierarchy.view({ expanded: ['net'] });
    expect(open.nodes.length).toBeLessThan(100);
    expect(idsOf(open)[0]).toBe('node_group_net/part_1');
  });
});
