// Statistics as they come in, batch by batch, and in the order of the data set.
import type { Tensor } from '../../onnx/tensor';
import type { Statistics } from './engine';

interface Entry {
  readonly index: number;
  readonly value: Tensor | number;
}

export class StatisticsTable {
  private readonly nodes = new Map<string, Map<string, Entry[]>>();

  /** @param index of the first sample of the batch */
  add(node: string, statistic: string, index: number, value: Tensor | number): void {
    const ofNode = this.nodes.get(node) ?? new Map<string, Entry[]>();
    this.nodes.set(node, ofNode);
    const entries = ofNode.get(statistic) ?? [];
    ofNode.set(statistic, entries);
    entries.push({ index, value });
  }

  /** A value for each batch, those of the first samples first. */
  inOrder(): Statistics {
    const ordered = (entries: readonly Entry[]): readonly (Tensor | number)[] =>
      [...entries].sort((a, b) => a.index - b.index).map(({ value }) => value);
    return Object.fromEntries(
      [...this.nodes].map(([node, ofNode]) => [
        node,
        Object.fromEntries([...ofNode].map(([name, entries]) => [name, ordered(entries)])),
      ]),
    );
  }
}
