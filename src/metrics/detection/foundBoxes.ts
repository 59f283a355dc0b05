// The boxes that a model found, out of its outputs: boxes, scores and classes, with or without a number of detections.
import type { BoxDetails } from '../../data/detectionLabel';
import type { ModelOutputs } from '../contracts';
import { metricErrors } from '../metricErrors';
import { numbersOf } from '../../data/numbersOf';
import type { Numbers } from '../values';
import type { PixelRectangle } from './averagePrecision';

/** Order of the four numbers of a box. */
export type BoxFormat = 'yxyx' | 'xyxy' | 'xywh' | 'cxcywh';

/** Which output is which, by place; −1: there is none. */
export interface OutputPlaces {
  readonly num_detections: number;
  readonly boxes: number;
  readonly scores: number;
  readonly classes: number;
}

/** One box, edges as fractions of the picture the model saw. */
export interface RawBox {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly score: number;
  /** As the model counts classes. */
  readonly classNumber: number;
}

export interface BoxLayout {
  readonly format: BoxFormat;
  /** Height and width of the picture in pixels where boxes are in pixels. */
  readonly inputSize: readonly number[] | undefined;
  /** Absent: by their names `boxes`, `scores`, `classes`, `num_detections`, or by their number and order. */
  readonly places: OutputPlaces | undefined;
}

/**
 * Boxes of each sample of a batch. A class below 0 fills up, and is left out.
 *
 * @throws MetricError when outputs are missing or do not fit together
 */
export function foundBoxes(metric: string, outputs: ModelOutputs, layout: BoxLayout, batch: number): RawBox[][] {
  const chosen = chosenOutputs(metric, outputs, layout.places);
  const numbers = (name: string, width: number): Numbers => {
    const tensor = outputs[name];
    const values = tensor === undefined ? undefined : numbersOf(tensor);
    if (values === undefined || values.length % (batch * width) !== 0) {
      const shape = `it is ${tensor?.type ?? 'nothing'} [${tensor?.dims.join(', ') ?? ''}] for a batch of ${batch}`;
      throw metricErrors.outputKind(
        metric,
        name,
        shape,
        'Name the outputs with output_index_mapping, or set batch_size: 1.',
      );
    }
    return values;
  };
  const boxes = numbers(chosen.boxes, 4);
  const scores = numbers(chosen.scores, 1);
  const classes = numbers(chosen.classes, 1);
  const counts = chosen.counts === undefined ? undefined : numbers(chosen.counts, 1);
  const most = scores.length / batch;
  if (boxes.length !== 4 * scores.length || classes.length !== scores.length) {
    const problem = `it has ${scores.length} scores for ${boxes.length / 4} boxes and ${classes.length} classes`;
    throw metricErrors.outputKind(
      metric,
      chosen.scores,
      problem,
      'Decode the outputs first: postprocess.transform has DecodeYolo and DecodeSsd.',
    );
  }
  return Array.from({ length: batch }, (_, sample) => {
    const count = Math.min(most, counts?.[sample] ?? most);
    return Array.from({ length: count }, (_unused, index): RawBox => {
      const at = sample * most + index;
      const edges = edgesOf(boxes, 4 * at, layout);
      return { ...edges, score: scores[at] ?? 0, classNumber: Math.round(classes[at] ?? -1) };
    }).filter(({ classNumber }) => classNumber >= 0);
  });
}

interface ChosenOutputs {
  readonly boxes: string;
  readonly scores: string;
  readonly classes: string;
  readonly counts: string | undefined;
}

function chosenOutputs(metric: string, outputs: ModelOutputs, places: OutputPlaces | undefined): ChosenOutputs {
  const names = Object.keys(outputs);
  if (['boxes', 'scores', 'classes'].every((name) => Object.hasOwn(outputs, name))) {
    const counts = Object.hasOwn(outputs, 'num_detections') ? 'num_detections' : undefined;
    return { boxes: 'boxes', scores: 'scores', classes: 'classes', counts };
  }
  const order = places ?? placesOf(metric, names);
  const at = (key: keyof OutputPlaces): string => {
    const name = names[order[key]];
    if (name === undefined) throw metricErrors.outputMissing(metric, `${key} (number ${order[key]})`, names);
    return name;
  };
  const counts = order.num_detections < 0 ? undefined : at('num_detections');
  return { boxes: at('boxes'), scores: at('scores'), classes: at('classes'), counts };
}

function placesOf(metric: string, names: readonly string[]): OutputPlaces {
  if (names.length === 3) return { num_detections: -1, boxes: 0, scores: 1, classes: 2 };
  if (names.length === 4) return { num_detections: 0, boxes: 1, scores: 2, classes: 3 };
  throw metricErrors.outputKind(
    metric,
    names[0] ?? '',
    `boxes, scores and classes are wanted, and the model has ${names.length === 1 ? 'one output' : `${names.length} outputs`}`,
    'Decode them with postprocess.transform (DecodeYolo, DecodeSsd), or use COCOmAPv2 with output_index_mapping.',
  );
}

function edgesOf(
  boxes: Numbers,
  at: number,
  { format, inputSize }: BoxLayout,
): Pick<RawBox, 'top' | 'left' | 'bottom' | 'right'> {
  const [a = NaN, b = NaN, c = NaN, d = NaN] = [boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]];
  const [height = 1, width = 1] = inputSize ?? [];
  const of = (top: number, left: number, bottom: number, right: number): ReturnType<typeof edgesOf> => ({
    top: top / height,
    left: left / width,
    bottom: bottom / height,
    right: right / width,
  });
  switch (format) {
    case 'yxyx':
      return of(a, b, c, d);
    case 'xyxy':
      return of(b, a, d, c);
    case 'xywh':
      return of(b, a, b + d, a + c);
    case 'cxcywh':
      return of(b - d / 2, a - c / 2, b + d / 2, a + c / 2);
  }
}

/** A box in pixels of the stored picture; in fractions of the one the model saw, where no more is known. */
export function inPixels(
  { top, left, bottom, right }: Pick<RawBox, 'top' | 'left' | 'bottom' | 'right'>,
  details: BoxDetails | undefined,
): PixelRectangle {
  if (details === undefined) return { left, top, width: right - left, height: bottom - top };
  const { height, width, frame } = details;
  const [frameTop, frameLeft, frameBottom, frameRight] = frame;
  const down = height / (frameBottom - frameTop);
  const across = width / (frameRight - frameLeft);
  return {
    left: (left - frameLeft) * across,
    top: (top - frameTop) * down,
    width: (right - left) * across,
    height: (bottom - top) * down,
  };
}
