// What a data set gives: items with named input tensors and an annotation (DESIGN §5, after POT's DataLoader).
import type { Tensor } from '../onnx/tensor';

/**
 * What is known about an item's right answer: a class index, several numbers, a tensor, text, or whatever a user's own
 * loader gives. `undefined`: no label.
 */
export type Annotation = unknown;

/** One sample, without a batch dimension. */
export interface DataItem {
  /** Stable over runs: a file name, a row number. */
  readonly id: string;
  /**
   * By graph input name; or, when no name is a graph input and the count fits, in graph-input order (a loader of images
   * need not know that the model calls its input `data_0`).
   */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly annotation: Annotation;
  /** Of a text that became numbers: the text, for people. No model is given it. */
  readonly text?: string;
}

/** What is known of an item that was not read. Without an annotation where that needs the item itself. */
export interface KnownItem {
  readonly id: string;
  readonly annotation?: Annotation;
}

/**
 * Random access over items. Without a `length` it is either `endless`, or read until `get` throws `data-end` (a user's
 * iterable); `batches` knows both.
 */
export interface DataLoader {
  /** For sentences: `the loader custom of data.yaml`. */
  readonly label?: string;
  readonly length?: number;
  /** There is always another item: whoever reads names a limit. */
  readonly endless?: boolean;
  /**
   * Inputs (by name) whose first axis may differ from item to item, each with the number that fills a shorter one up to
   * the longest of its batch: sequences of tokens.
   */
  readonly fill?: Readonly<Record<string, number>>;
  get(index: number): Promise<DataItem> | DataItem;
  /** What a list says of an item, also of one that cannot be read; only where there is a list. */
  readonly known?: (index: number) => KnownItem | undefined;
  /** Releases files; called once by whoever opened the loader. */
  close?(): Promise<void> | void;
}

/** Several items stacked along a new first axis. */
export interface Batch {
  readonly ids: readonly string[];
  /** Keys as in the items. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly annotations: readonly Annotation[];
}
