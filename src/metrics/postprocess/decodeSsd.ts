// Step `DecodeSsd`: boxes out of the boxes and scores of an SSD model (Liu et al. 2016, arXiv 1512.02325).
import { openDataFile } from '../../data/loaders/dataFile';
import { numbersOf } from '../../data/numbersOf';
import { openNumpyArray } from '../../data/loaders/numpyArray';
import type { ModelOutputs } from '../contracts';
import { metricErrors } from '../metricErrors';
import { outputRows } from '../values';
import type { Numbers } from '../values';
import { boxOutputs, suppressed } from './suppression';
import type { Candidate, SuppressionOptions } from './suppression';

interface SsdParameters extends SuppressionOptions {
  readonly boxes: string;
  readonly scores: string;
  readonly encoding: 'xyxy' | 'yxyx' | 'cxcywh' | 'offsets';
  readonly priors: string | undefined;
  readonly variances: readonly number[];
  readonly activation: 'none' | 'softmax' | 'sigmoid';
  readonly background: number;
}

type Rectangle = Pick<Candidate, 'left' | 'top' | 'width' | 'height'>;

/** Changes the outputs of a batch; throws a MetricError when they, or the priors, do not fit together. */
export function decodeSsd(parameters: SsdParameters): (outputs: ModelOutputs, batch: number) => ModelOutputs {
  const { encoding, priors: path } = parameters;
  if (encoding === 'offsets' && path === undefined) throw metricErrors.priors('', 'encoding: offsets needs them');
  const priors = encoding === 'offsets' && path !== undefined ? priorsIn(path) : undefined;
  return (outputs, batch) => {
    const boxes = outputRows('DecodeSsd', outputs, parameters.boxes, batch).rows;
    const scores = outputRows('DecodeSsd', outputs, parameters.scores, batch).rows;
    return boxOutputs(
      boxes.map((row, sample) => {
        const own = scores[sample] ?? [];
        const count = row.length / 4;
        if (
          !Number.isInteger(count) ||
          own.length % count !== 0 ||
          (priors !== undefined && priors.length !== row.length)
        ) {
          const of = priors === undefined ? '' : ` for ${priors.length / 4} priors`;
          const problem = `it has ${row.length} numbers for ${own.length} scores${of}`;
          const nextStep = 'Name the output with four numbers a box, and the one with a score for each class of it.';
          throw metricErrors.stepOutputKind('DecodeSsd', parameters.boxes, problem, nextStep);
        }
        return suppressed(candidatesOf(row, own, parameters, priors), parameters);
      }),
    );
  };
}

/** Class numbers are places among the scores of a box, the background counted. */
function candidatesOf(
  boxes: Numbers,
  scores: Numbers,
  parameters: SsdParameters,
  priors: Numbers | undefined,
): Candidate[] {
  const count = boxes.length / 4;
  const classes = scores.length / count;
  const { background, score_threshold: threshold } = parameters;
  const found: Candidate[] = [];
  for (let box = 0; box < count; box++) {
    const own = Array.from({ length: classes }, (_, index) => scores[box * classes + index] ?? NaN);
    activated(own, parameters.activation).forEach((score, classNumber) => {
      if (classNumber === background || !(score > threshold)) return;
      found.push({ ...rectangleOf(boxes, 4 * box, parameters, priors), score, classNumber });
    });
  }
  return found;
}

function activated(scores: readonly number[], activation: SsdParameters['activation']): readonly number[] {
  if (activation === 'none') return scores;
  if (activation === 'sigmoid') return scores.map((score) => 1 / (1 + Math.exp(-score)));
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

function rectangleOf(
  boxes: Numbers,
  at: number,
  { encoding, variances }: SsdParameters,
  priors: Numbers | undefined,
): Rectangle {
  const [a = NaN, b = NaN, c = NaN, d = NaN] = [boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]];
  switch (encoding) {
    case 'xyxy':
      return { left: a, top: b, width: c - a, height: d - b };
    case 'yxyx':
      return { left: b, top: a, width: d - b, height: c - a };
    case 'cxcywh':
      return { left: a - c / 2, top: b - d / 2, width: c, height: d };
    case 'offsets': {
      const [x = NaN, y = NaN, w = NaN, h = NaN] = Array.from({ length: 4 }, (_, index) => priors?.[at + index]);
      const [vx = 1, vy = 1, vw = 1, vh = 1] = variances;
      const width = w * Math.exp(c * vw);
      const height = h * Math.exp(d * vh);
      return { left: x + a * vx * w - width / 2, top: y + b * vy * h - height / 2, width, height };
    }
  }
}

/** Numbers of an .npy file with four columns. */
function priorsIn(path: string): Numbers {
  const source = openDataFile(path);
  try {
    const array = openNumpyArray(source, path);
    if (array.dims.length !== 2 || array.dims[1] !== 4) {
      throw metricErrors.priors(path, `it has the shape [${array.dims.join(', ')}], not [boxes, 4]`);
    }
    const rows = Array.from({ length: array.dims[0] ?? 0 }, (_, index) => numbersOf(array.row(index)) ?? []);
    return rows.flatMap((row) => [...row]);
  } finally {
    source.close();
  }
}
