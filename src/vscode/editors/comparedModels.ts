// Which models a person asked to see compared with which, kept for the workspace: a page that comes back after a reload may ask again.
import type { Memento } from 'vscode';

const key = 'compressorBench.graph.compared';
/** The oldest are forgotten. */
const mostPairs = 100;

type Pair = readonly [path: string, other: string];

/** Written by the editor alone: a page, which shows what stands in a file, cannot add to it. */
export class ComparedModels {
  constructor(private readonly state: Memento) {}

  with(path: string): readonly string[] {
    return this.pairs().flatMap(([one, other]) => (one === path ? [other] : []));
  }

  add(path: string, other: string): void {
    const others = this.pairs().filter((pair) => pair[0] !== path || pair[1] !== other);
    void this.state.update(key, [...others, [path, other]].slice(-mostPairs));
  }

  private pairs(): readonly Pair[] {
    const kept = this.state.get<unknown>(key);
    return Array.isArray(kept) ? kept.filter(isPair) : [];
  }
}

function isPair(value: unknown): value is Pair {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string');
}
