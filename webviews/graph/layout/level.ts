// One level of a nested graph: what lies directly in a group, with the lines that come in through its border and leave it.

/** What stands on a level: a card or box, or the place where lines come in at the top or leave at the bottom. */
export type LevelItemKind = 'card' | 'entry' | 'exit';

/** A line between two items of a level. */
export interface LevelEdge {
  /** Lines of one trunk come from one operator and may share their way. */
  readonly trunk: number;
  readonly from: number;
  readonly to: number;
  /** Where it is tied to the items, from their left sides. */
  readonly fromX: number;
  readonly toX: number;
}

/** A graph without groups in it: a group that is open is a card of its own size. */
export interface Level {
  readonly widths: readonly number[];
  readonly heights: readonly number[];
  readonly kinds: readonly LevelItemKind[];
  readonly edges: readonly LevelEdge[];
}

/** Where everything of a level is. */
export interface LevelLayout {
  /** Upper left corners. */
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly width: number;
  readonly height: number;
  /** By edge: x and y of its points, from its beginning to its end. */
  readonly routes: readonly (readonly number[])[];
}
