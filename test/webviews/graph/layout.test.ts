// The layout of graphs: nothing overlaps, lines go down, groups hold their own, and large graphs are quick enough to be tested.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutGraph } from '../../../webviews/graph/layout/layoutGraph';
import type { Layout, LayoutInput } from '../../../webviews/graph/layout/layoutTypes';

interface Plan {
  readonly nodes: readonly { readonly parent: number; readonly width?: number; readonly height?: number }[];
  readonly edges: readonly (readonly [number, number])[];
  readonly groups?: readonly number[];
}

function inputOf({ nodes, edges, groups = [] }: Plan): LayoutInput {
  return {
    widths: Float32Array.from(nodes, ({ width }) => width ?? 100),
    heights: Float32Array.from(nodes, ({ height }) => height ?? 30),
    parents: Int32Array.from(nodes, ({ parent }) => parent),
    sources: Int32Array.from(edges, ([source]) => source),
    targets: Int32Array.from(edges, ([, target]) => target),
    groupParents: Int32Array.from(groups),
    titleWidths: new Float32Array(groups.length).fill(80),
    tagWidths: new Float32Array(nodes.length),
  };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function cardsOf(input: LayoutInput, layout: Layout): Box[] {
  return Array.from(input.widths, (width, node) => ({
    x: layout.xs[node]!,
    y: layout.ys[node]!,
    width,
    height: input.heights[node]!,
  }));
}

function boxesOf(layout: Layout): Box[] {
  return Array.from({ length: layout.boxes.length / 4 }, (_, group) => {
    const [x, y, width, height] = layout.boxes.subarray(4 * group);
    return { x: x!, y: y!, width: width!, height: height! };
  });
}

const slack = 0.1;

function overlap(a: Box, b: Box): boolean {
  return (
    a.x + a.width > b.x + slack &&
    b.x + b.width > a.x + slack &&
    a.y + a.height > b.y + slack &&
    b.y + b.height > a.y + slack
  );
}

function holds(outer: Box, inner: Box): boolean {
  return (
    inner.x >= outer.x - slack &&
    inner.y >= outer.y - slack &&
    inner.x + inner.width <= outer.x + outer.width + slack &&
    inner.y + inner.height <= outer.y + outer.height + slack
  );
}

function routeOf(layout: Layout, edge: number): (readonly [number, number])[] {
  const route: (readonly [number, number])[] = [];
  for (let point = layout.routeStarts[edge]!; point < layout.routeStarts[edge + 1]!; point++) {
    route.push([layout.points[2 * point]!, layout.points[2 * point + 1]!]);
  }
  return route;
}

/** Graphs whose edges run from lower to higher indices, with groups in groups. */
const plans = fc
  .record({
    groups: fc.array(fc.nat(10), { maxLength: 6 }),
    nodes: fc.array(
      fc.record({
        parent: fc.nat(10),
        width: fc.integer({ min: 20, max: 300 }),
        height: fc.integer({ min: 10, max: 90 }),
      }),
      { minLength: 1, maxLength: 40 },
    ),
    edges: fc.array(fc.tuple(fc.nat(39), fc.nat(39)), { maxLength: 80 }),
  })
  .map(({ groups, nodes, edges }): Plan => ({
    groups: groups.map((parent, group) => (parent % (group + 1)) - 1),
    nodes: nodes.map((node) => ({ ...node, parent: (node.parent % (groups.length + 1)) - 1 })),
    edges: edges.map(([a, b]) => [a % nodes.length, b % nodes.length] as const),
  }));

describe('layout of a graph', () => {
  it('lets no cards and no boxes overlap, whatever the graph', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const input = inputOf(plan);
        const layout = layoutGraph(input);
        const cards = cardsOf(input, layout);
        const boxes = boxesOf(layout);
        cards.forEach((card, index) => {
          for (const other of cards.slice(index + 1)) expect(overlap(card, other)).toBe(false);
          expect(holds({ x: 0, y: 0, width: layout.width, height: layout.height }, card)).toBe(true);
        });
        boxes.forEach((box, group) => {
          const around = plan.groups![group]!;
          if (around >= 0) expect(holds(boxes[around]!, box)).toBe(true);
          boxes.forEach((other, index) => {
            if (plan.groups![index] === around && index !== group) expect(overlap(box, other)).toBe(false);
          });
        });
        cards.forEach((card, node) => {
          const parent = plan.nodes[node]!.parent;
          if (parent >= 0) expect(holds(boxes[parent]!, card)).toBe(true);
          boxes.forEach((box, group) => {
            if (plan.groups![group] === parent && group !== parent) expect(overlap(box, card)).toBe(false);
          });
        });
      }),
      { numRuns: 150 },
    );
  });

  it('ties every line to its cards', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const input = inputOf(plan);
        const layout = layoutGraph(input);
        const cards = cardsOf(input, layout);
        plan.edges.forEach(([source, target], edge) => {
          const route = routeOf(layout, edge);
          const [startX, startY] = route[0]!;
          const [endX, endY] = route.at(-1)!;
          expect(startX).toBeCloseTo(cards[source]!.x + cards[source]!.width / 2, 1);
          expect(startY).toBeCloseTo(cards[source]!.y + cards[source]!.height, 1);
          expect(endX).toBeCloseTo(cards[target]!.x + cards[target]!.width / 2, 1);
          expect(endY).toBeCloseTo(cards[target]!.y, 1);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('lets lines of a graph without circles go down', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const edges = plan.edges.filter(([source, target]) => source !== target);
        const down = edges.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
        const flat = { nodes: plan.nodes.map((node) => ({ ...node, parent: -1 })), edges: down };
        const layout = layoutGraph(inputOf(flat));
        down.forEach((_, edge) => {
          const ys = routeOf(layout, edge).map(([, y]) => y);
          ys.forEach((y, index) => expect(y).toBeGreaterThanOrEqual((ys[index - 1] ?? y) - slack));
        });
      }),
      { numRuns: 100 },
    );
  });

  it('is the same every time', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        expect(layoutGraph(inputOf(plan))).toEqual(layoutGraph(inputOf(plan)));
      }),
      { numRuns: 30 },
    );
  });

  it('draws a chain as a straight line', () => {
    const layout = layoutGraph(
      inputOf({
        nodes: [{ parent: -1 }, { parent: -1 }, { parent: -1 }],
        edges: [
          [0, 1],
          [1, 2],
        ],
      }),
    );
    expect(new Set(layout.xs).size).toBe(1);
  });

  it('keeps a constant near what reads it', () => {
    const chain = Array.from({ length: 9 }, (_, node) => [node, node + 1] as const);
    const layout = layoutGraph(
      inputOf({ nodes: Array.from({ length: 11 }, () => ({ parent: -1 })), edges: [...chain, [10, 9]] }),
    );
    expect(layout.ys[10]).toBe(layout.ys[8]);
  });

  it('lays out an empty picture', () => {
    expect(layoutGraph(inputOf({ nodes: [], edges: [] })).points).toHaveLength(0);
  });

  it.each([
    ['a chain with skips', (node: number) => [node - 1, node - 5]],
    ['everything read by everything later', (node: number) => [node - 1, 0, node >> 1]],
    ['a comb of branches', (node: number) => [node - (node % 50 === 0 ? 1 : (node % 50) - 0)]],
  ])('finishes 10,000 nodes: %s', (_, before) => {
    const edges = Array.from({ length: 10_000 }, (__, node) =>
      before(node)
        .filter((source) => source >= 0 && source < node)
        .map((source) => [source, node] as const),
    ).flat();
    const input = inputOf({ nodes: Array.from({ length: 10_000 }, () => ({ parent: -1 })), edges });
    const layout = layoutGraph(input);
    expect(layout.xs).toHaveLength(10_000);
  });
});
