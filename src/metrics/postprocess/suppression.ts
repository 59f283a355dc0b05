// Non-maximum suppression: of boxes that overlap the best one stays.
import type { Tensor } from '../../onnx/tensor';
import type { ModelOutputs } from '../contracts';
import { overlapOf } from '../detection/averagePrecision';
import type { PixelRectangle } from '../detection/averagePrecision';

/** A box with the score of one class. */
export interface Candidate extends PixelRectangle {
  readonly score: number;
  readonly classNumber: number;
}

export interface SuppressionOptions {
  readonly score_threshold: number;
  readonly iou_threshold: number;
  readonly max_detections: number;
  readonly class_agnostic: boolean;
}

/** Candidates looked at in one picture, the best ones: suppression takes time with their square. */
const mostCandidates = 30_000;

/** The boxes that stay, from high to low score; the first of equal ones. */
export function suppressed(candidates: readonly Candidate[], options: SuppressionOptions): Candidate[] {
  const { iou_threshold: most, max_detections: wanted, class_agnostic: isAgnostic } = options;
  const sorted = candidates.toSorted((a, b) => b.score - a.score).slice(0, mostCandidates);
  const kept: Candidate[] = [];
  const byClass = new Map<number, Candidate[]>();
  for (const box of sorted) {
    if (kept.length === wanted) break;
    const key = isAgnostic ? 0 : box.classNumber;
    const rivals = byClass.get(key) ?? [];
    if (rivals.some((rival) => overlapOf(box, rival) > most)) continue;
    rivals.push(box);
    byClass.set(key, rivals);
    kept.push(box);
  }
  return kept;
}

/** Boxes of each sample as outputs of equal length: corners top first, scores, classes (−1 fills up), and their number. */
export function boxOutputs(samples: readonly (readonly Candidate[])[]): ModelOutputs {
  const most = Math.max(1, ...samples.map(({ length }) => length));
  const boxes = new Float32Array(samples.length * most * 4);
  const scores = new Float32Array(samples.length * most);
  const classes = new Float32Array(samples.length * most).fill(-1);
  samples.forEach((sample, row) => {
    sample.forEach(({ top, left, height, width, score, classNumber }, index) => {
      const at = row * most + index;
      boxes.set([top, left, top + height, left + width], 4 * at);
      scores[at] = score;
      classes[at] = classNumber;
    });
  });
  const tensor = (dims: readonly number[], data: Float32Array): Tensor => ({ type: 'float32', dims, data });
  const count = samples.length;
  return {
    boxes: tensor([count, most, 4], boxes),
    scores: tensor([count, most], scores),
    classes: tensor([count, most], classes),
    num_detections: tensor(
      [count],
      Float32Array.from(samples, ({ length }) => length),
    ),
  };
}
