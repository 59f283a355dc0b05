// Step `DecodeYolo`: boxes out of the one output of a YOLO model. Layouts: YOLOX (Ge et al. 2021, arXiv 2107.08430), and
// the exports of YOLOv5 and YOLOv8.
import type { ModelOutputs } from '../contracts';
import { metricErrors } from '../metricErrors';
import { outputRows } from '../values';
import type { Numbers } from '../values';
import { boxOutputs, suppressed } from './suppression';
import type { Candidate, SuppressionOptions } from './suppression';

interface YoloParameters extends SuppressionOptions {
  readonly head: 'yolox' | 'yolov5' | 'yolov8';
  readonly input_size: readonly number[];
  readonly strides: readonly number[];
  readonly output: string | undefined;
}

/** Where a prior of yolox lies: corner of its cell, and pixels of a cell. */
interface Cell {
  readonly x: number;
  readonly y: number;
  readonly stride: number;
}

/** Changes the outputs of a batch; throws a MetricError when the output has another layout. */
export function decodeYolo(parameters: YoloParameters): (outputs: ModelOutputs, batch: number) => ModelOutputs {
  const { head, output } = parameters;
  const [height = 1, width = height] = parameters.input_size;
  const cells = head === 'yolox' ? cellsOf(parameters.strides, height, width) : undefined;
  return (outputs, batch) => {
    const { rows, rowDims, name } = outputRows('DecodeYolo', outputs, output, batch);
    const dims = rowDims.filter((dim, axis) => dim !== 1 || axis > rowDims.length - 3);
    const [first = 0, second = 0] = dims;
    // yolov8 has its boxes along the last axis.
    const [boxes, values] = head === 'yolov8' ? [second, first] : [first, second];
    const least = head === 'yolov8' ? 5 : 6;
    if (dims.length !== 2 || values < least || (cells !== undefined && cells.length !== boxes)) {
      const wanted = cells === undefined ? `boxes with at least ${least} values` : `${cells.length} boxes`;
      const problem = `its rows are [${rowDims.join(', ')}], and ${head} with this input_size has ${wanted}`;
      const nextStep = 'Check head, input_size and strides against the model.';
      throw metricErrors.stepOutputKind('DecodeYolo', name, problem, nextStep);
    }
    const layout = { boxes, values, cells, isLast: head === 'yolov8', height, width };
    return boxOutputs(rows.map((row) => suppressed(candidatesOf(row, layout, parameters.score_threshold), parameters)));
  };
}

interface Layout {
  readonly boxes: number;
  readonly values: number;
  readonly cells: readonly Cell[] | undefined;
  /** Boxes run along the last axis, and there is no objectness. */
  readonly isLast: boolean;
  readonly height: number;
  readonly width: number;
}

/** A candidate for each class of each box whose score is above the threshold; edges as fractions. */
function candidatesOf(row: Numbers, layout: Layout, threshold: number): Candidate[] {
  const { boxes, values, isLast } = layout;
  const found: Candidate[] = [];
  const at = (box: number, value: number): number => row[isLast ? value * boxes + box : box * values + value] ?? NaN;
  const firstClass = isLast ? 4 : 5;
  for (let box = 0; box < boxes; box++) {
    const objectness = isLast ? 1 : at(box, 4);
    // No class can bring more than its factor.
    if (!(objectness > threshold)) continue;
    for (let value = firstClass; value < values; value++) {
      const score = objectness * at(box, value);
      if (score > threshold) found.push({ ...rectangleOf(box, at, layout), score, classNumber: value - firstClass });
    }
  }
  return found;
}

function rectangleOf(
  box: number,
  at: (box: number, value: number) => number,
  { cells, height, width }: Layout,
): Pick<Candidate, 'left' | 'top' | 'width' | 'height'> {
  const cell = cells?.[box];
  const [x, y, w, h] = [at(box, 0), at(box, 1), at(box, 2), at(box, 3)];
  const across = (cell === undefined ? w : Math.exp(w) * cell.stride) / width;
  const down = (cell === undefined ? h : Math.exp(h) * cell.stride) / height;
  const centreX = (cell === undefined ? x : (x + cell.x) * cell.stride) / width;
  const centreY = (cell === undefined ? y : (y + cell.y) * cell.stride) / height;
  return { left: centreX - across / 2, top: centreY - down / 2, width: across, height: down };
}

/** Cells of all grids, the finest first, row by row. */
function cellsOf(strides: readonly number[], height: number, width: number): Cell[] {
  return strides.flatMap((stride) => {
    const [rows, columns] = [Math.floor(height / stride), Math.floor(width / stride)];
    return Array.from({ length: rows * columns }, (_, index) => ({
      x: index % columns,
      y: Math.floor(index / columns),
      stride,
    }));
  });
}
