// What goes through the transforms: one picture (or any array) with its label.
import type { Annotation } from '../contracts';
import type { NumberArray, Tensor, TensorType } from '../../onnx/tensor';

/** A sample on its way from a loader to the model. */
export interface Sample {
  /**
   * Stable over runs, as `DataItem.id`. Random transforms draw from their seed and this name, so that an item looks the
   * same whenever it is read: the two passes of a calibration and the two models of a comparison see equal data.
   */
  readonly id: string;
  /** Pictures: rank 3, height × width × channels, RGB, uint8, until a transform changes that. */
  readonly image: Tensor;
  readonly label: Annotation;
}

/** Element types of tensors that hold numbers. */
export type NumberType = Exclude<TensorType, 'string'>;

/** A tensor of numbers: what transforms work on. */
export interface NumberTensor extends Tensor {
  readonly type: NumberType;
  readonly data: NumberArray;
}

/** A sample whose image is known to hold numbers. */
export interface NumberSample extends Sample {
  readonly image: NumberTensor;
}

/** One step: a new sample; the given one and its arrays stay as they are. */
export type Transform = (sample: NumberSample) => NumberSample;
