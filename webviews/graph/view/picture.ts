// A scene with its layout and whatever makes it quick to paint and to walk: places, neighbours, what lies where.
import type { GraphScene, SceneNode } from '../../../src/protocol/panels/graph';
import { at, spacing } from '../layout/layoutTypes';
import type { Layout, LayoutInput } from '../layout/layoutTypes';
import type { Rect } from './camera';
import type { Card } from './cards';
import { Bands } from './bands';

/** Everything about what is drawn. Nothing in it changes. */
export class Picture {
  readonly nodeBands: Bands;
  readonly edgeBands: Bands;
  /** Left, top, right and bottom of each edge's way. */
  readonly edgeBounds: Float32Array;
  private readonly indexById: ReadonlyMap<string, number>;
  private readonly groupByKey: ReadonlyMap<string, number>;
  private readonly outgoing: readonly (readonly number[])[];
  private readonly incoming: readonly (readonly number[])[];

  constructor(
    readonly scene: GraphScene,
    readonly cards: readonly Card[],
    readonly input: LayoutInput,
    readonly layout: Layout,
  ) {
    this.indexById = new Map(scene.nodes.map(({ id }, index) => [id, index]));
    this.groupByKey = new Map(scene.openGroups.map(({ key }, index) => [key, index]));
    const outgoing: number[][] = scene.nodes.map(() => []);
    const incoming: number[][] = scene.nodes.map(() => []);
    scene.edges.forEach(({ source, target }, edge) => {
      outgoing[source]?.push(edge);
      incoming[target]?.push(edge);
    });
    this.outgoing = outgoing;
    this.incoming = incoming;
    this.edgeBounds = boundsOf(layout, scene.edges.length);
    const { ys } = layout;
    this.nodeBands = new Bands(scene.nodes.length, layout.height, (node) => [
      at(ys, node),
      at(ys, node) + at(input.heights, node),
    ]);
    this.edgeBands = new Bands(scene.edges.length, layout.height, (edge) => [
      at(this.edgeBounds, 4 * edge + 1),
      at(this.edgeBounds, 4 * edge + 3),
    ]);
  }

  indexOf(id: string): number | undefined {
    return this.indexById.get(id);
  }

  groupIndexOf(key: string): number | undefined {
    return this.groupByKey.get(key);
  }

  node(index: number): SceneNode | undefined {
    return this.scene.nodes[index];
  }

  /** Edges that begin at a node. */
  edgesFrom(node: number): readonly number[] {
    return this.outgoing[node] ?? [];
  }

  edgesTo(node: number): readonly number[] {
    return this.incoming[node] ?? [];
  }

  rectOfNode(node: number): Rect {
    const { layout, input } = this;
    return {
      x: at(layout.xs, node),
      y: at(layout.ys, node),
      width: at(input.widths, node),
      height: at(input.heights, node),
    };
  }

  /** Where a tag of a width hangs under a card: at its right end, and right of the lines that begin there. */
  leftOfTag(node: number, width: number): number {
    const { x, width: whole } = this.rectOfNode(node);
    const { points, routeStarts } = this.layout;
    let left = x + whole - width;
    for (const edge of this.edgesFrom(node))
      left = Math.max(left, at(points, 2 * at(routeStarts, edge)) + spacing.besideLine);
    return left;
  }

  rectOfGroup(group: number): Rect {
    const { boxes } = this.layout;
    return {
      x: at(boxes, 4 * group),
      y: at(boxes, 4 * group + 1),
      width: at(boxes, 4 * group + 2),
      height: at(boxes, 4 * group + 3),
    };
  }

  /** The card or box of something that can be selected. */
  rectOf(id: string): Rect | undefined {
    const node = this.indexOf(id);
    if (node !== undefined) return this.rectOfNode(node);
    const group = this.groupIndexOf(id);
    return group === undefined ? undefined : this.rectOfGroup(group);
  }
}

function boundsOf({ points, routeStarts }: Layout, edges: number): Float32Array {
  const bounds = new Float32Array(4 * edges);
  for (let edge = 0; edge < edges; edge++) {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let point = at(routeStarts, edge); point < at(routeStarts, edge + 1); point++) {
      const [x, y] = [at(points, 2 * point), at(points, 2 * point + 1)];
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
    bounds.set([left, top, right, bottom], 4 * edge);
  }
  return bounds;
}
