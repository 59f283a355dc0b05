// What a look at a data set asks and answers: its first samples, and what each transform makes of them.
import type { FailureRecord } from './benchError';

export interface PreviewSpec {
  readonly verb: 'preview';
  /** Path of DATASET.yaml. */
  readonly datasetPath: string;
  /** Samples shown at most, from the first. */
  readonly samples: number;
  /** Longest side of the pictures that are answered, in pixels; 0: none are. */
  readonly pictureSize: number;
  /** Reads all other samples as well, until one cannot be used. Without effect on data without an end. */
  readonly checksAll: boolean;
}

/** A picture as a PNG file in base64. */
export interface PreviewPicture {
  readonly width: number;
  readonly height: number;
  readonly png: string;
}

/** An array in figures; minimum, maximum and mean are over finite values, null where there are none. */
export interface PreviewTensor {
  /** Name of the input. */
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly mean: number | null;
  /** Values that are NaN or infinite. */
  readonly notFinite: number;
  /** The first few values as text. */
  readonly firstValues: readonly string[];
}

/** A box of a label: its edges as fractions of the height and the width of the picture at this step. */
export interface PreviewBox {
  /** The name of its class, or the number where it has no name. */
  readonly className: string;
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** A sample as it leaves the loader, or one of the transforms. */
export interface PreviewStep {
  /** The loader or the transform. */
  readonly name: string;
  readonly tensors: readonly PreviewTensor[];
  /** In words; empty where there is none. */
  readonly label: string;
  /** Of a picture with boxes: all of them; else none. */
  readonly boxes: readonly PreviewBox[];
  /** With the boxes drawn into it. Null where the array cannot be one, and where the step has changed nothing to be seen. */
  readonly picture: PreviewPicture | null;
}

export interface PreviewSample {
  readonly index: number;
  /** A file name, a row number; empty where the sample could not be read, and no list names it. */
  readonly id: string;
  /**
   * The loader first, then each transform; those before the failure, where there was one. A sample that could not be read
   * has none, or one without tensors where a list says its label.
   */
  readonly steps: readonly PreviewStep[];
  /** Of data that is text: what it says, its beginning. Null for all other, and where it was not read. */
  readonly text: string | null;
  readonly failure: FailureRecord | null;
}

export interface DatasetPreview {
  readonly loader: string;
  /** Null: it is not known, or there is no end. */
  readonly length: number | null;
  readonly isEndless: boolean;
  /** Its samples are made up. */
  readonly isRandom: boolean;
  readonly batchSize: number;
  readonly metric: string | null;
  /** What a person should know of the data, such as missing pictures. */
  readonly notes: readonly string[];
  readonly samples: readonly PreviewSample[];
  /** How many samples were read, and could be used. */
  readonly readable: number;
  /** The first sample that cannot be used: what is wrong with it, and where it is. */
  readonly problem: FailureRecord | null;
}
