// What a script gives the pipeline, and what it is given back (SYSTEMS §7.1, §7.2): POT's contracts with TypeScript's names.
import type { Annotation } from '../../data/contracts';
import type { Metric as ProductMetric } from '../../metrics/contracts';
import type { Tensor } from '../../onnx/tensor';

/** Values of one sample: for a model with one input a tensor, else tensors by input name. No batch axis. */
export type SampleData = Tensor | Readonly<Record<string, Tensor>>;

/** The form of POT 2022: data, then annotation (null: none). */
export type PairItem = readonly [data: SampleData, annotation: Annotation];

/** The older form: a name and the annotation, then data, then what the script wants back with the outputs. */
export type NamedItem = readonly [
  named: readonly [id: string | number, annotation: Annotation],
  data: SampleData,
  metadata?: unknown,
];

export type LoaderItem = PairItem | NamedItem;

/** Items by index. */
export interface DataLoader {
  readonly length: number;
  /** @param index from 0 to `length` − 1 */
  get(index: number): LoaderItem | Promise<LoaderItem>;
}

/** `value` holds the results for the samples of the last update alone; `avgValue` those of all since `reset`. */
export interface Metric {
  readonly attributes: Readonly<
    Record<string, { readonly direction: 'higher-better' | 'higher-worse'; readonly type: string }>
  >;
  readonly value: ProductMetric['value'];
  readonly avgValue: ProductMetric['avgValue'];
  /** @param outputs of the model for a batch, in graph order; @param annotations one for each sample */
  update(outputs: readonly Tensor[], annotations: readonly Annotation[]): void;
  reset(): void;
}

/** An item in the one form the engine works with. */
export interface Sample {
  /** Place in the data set. */
  readonly index: number;
  readonly id: string;
  readonly data: SampleData;
  readonly annotation: Annotation;
  readonly metadata: unknown;
}
