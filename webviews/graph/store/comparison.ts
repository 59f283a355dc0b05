// Two models side by side: what has changed between them, and one selection for both.
import { allGroupsMethod, compareMethod } from '../../../src/protocol/panels/graph';
import type { GraphComparison, NodeChange } from '../../../src/protocol/panels/graph';
import { host } from '../../kit/host';
import type { ChangeMarks } from '../view/marks';
import { GraphStore } from './graphStore';
import type { StoreChange } from './graphStore';
import { jumpTo, selectAsShown } from './jump';

/** One line of the list of changes. */
export interface ChangeLine {
  readonly id: string;
  readonly change: NodeChange;
  readonly text: string;
}

/** A comparison that is shown. */
export class Comparison {
  private readonly endings: (() => void)[];
  private isLinking = false;

  private constructor(
    readonly here: GraphStore,
    readonly there: GraphStore,
    readonly summary: string,
    readonly isOtherFirst: boolean,
    readonly lines: readonly ChangeLine[],
  ) {
    const link = (from: GraphStore, to: GraphStore): (() => void) =>
      from.listen((change, anchor) => void this.follow(from, to, change, anchor));
    this.endings = [link(here, there), link(there, here)];
  }

  /** Compares, marks both models, and shows the other one with the same groups open. */
  static async start(here: GraphStore, otherPath: string): Promise<Comparison> {
    const { path } = here;
    const there = new GraphStore(otherPath, here.expanded);
    const [answer, ...groups] = await Promise.all([
      host.request(compareMethod, { path, otherPath }),
      host.request(allGroupsMethod, { path }),
      host.request(allGroupsMethod, { path: otherPath }),
      there.reload(),
    ]);
    here.mark(answer.here);
    there.mark(answer.there);
    return new Comparison(
      here,
      there,
      answer.summary,
      answer.isOtherFirst,
      linesOf(answer, new Set(groups.flatMap((keys) => keys ?? []))),
    );
  }

  /** Takes the marks away, and lets the other model go. */
  end(): void {
    for (const end of this.endings.splice(0)) end();
    this.there.end();
    this.here.mark(undefined);
  }

  /** Shows a change in the models that have it. */
  async show({ id }: ChangeLine): Promise<void> {
    this.isLinking = true;
    try {
      await Promise.all([jumpTo(this.here, id), jumpTo(this.there, id)]);
    } finally {
      this.isLinking = false;
    }
  }

  /** What is selected, opened or closed in one model is so in the other. */
  private async follow(from: GraphStore, to: GraphStore, change: StoreChange, anchor?: string): Promise<void> {
    const isToggle = change === 'picture' && anchor !== undefined && anchor !== '' && anchor !== from.selected;
    if (this.isLinking || (change !== 'selection' && !isToggle)) return;
    this.isLinking = true;
    try {
      if (change === 'selection') await selectAsShown(to, from.selected);
      else if (from.expanded.includes(anchor ?? '')) await to.open([anchor ?? ''], anchor);
      else await to.close(anchor ?? '');
    } finally {
      this.isLinking = false;
    }
  }
}

/** Nodes only: groups are marked in the picture. What both models have is listed once. */
function linesOf({ here, there }: GraphComparison, groups: ReadonlySet<string>): ChangeLine[] {
  const entries = (marks: ChangeMarks): ChangeLine[] =>
    Object.entries(marks)
      .filter(([id, { change }]) => change !== 'same' && !groups.has(id))
      .map(([id, { change, text }]) => ({ id, change, text }));
  const first = entries(here);
  const listed = new Set(first.map(({ id }) => id));
  return [...first, ...entries(there).filter(({ id }) => !listed.has(id))];
}
