// Metrics of object detection, with their parameters (SYSTEMS §5.3); data only.
import type { DictionaryEntry } from './entry';

/** Figures of the COCO evaluation, as the object detection API of TensorFlow names them. */
export const detectionFigures = [
  'DetectionBoxes_Precision/mAP',
  'DetectionBoxes_Precision/mAP@.50IOU',
  'DetectionBoxes_Precision/mAP@.75IOU',
  'DetectionBoxes_Precision/mAP (small)',
  'DetectionBoxes_Precision/mAP (medium)',
  'DetectionBoxes_Precision/mAP (large)',
  'DetectionBoxes_Recall/AR@1',
  'DetectionBoxes_Recall/AR@10',
  'DetectionBoxes_Recall/AR@100',
  'DetectionBoxes_Recall/AR@100 (small)',
  'DetectionBoxes_Recall/AR@100 (medium)',
  'DetectionBoxes_Recall/AR@100 (large)',
] as const;

const annotationPath = {
  name: 'anno_path',
  type: { kind: 'path' },
  help: 'A YAML file of "class name: id", or a COCO annotation file, for labels that have names alone; without it the 80 classes of COCO.',
} as const;

const thresholds = {
  name: 'iou_thrs',
  type: {
    kind: 'either',
    of: [
      { kind: 'number', minimum: 0, maximum: 1 },
      { kind: 'list', of: { kind: 'number', minimum: 0, maximum: 1 }, minItems: 1 },
      { kind: 'string' },
    ],
  },
  help: 'Overlap from which a box counts as found: a number, a list, or "first:step:last" such as 0.5:0.05:0.95.',
} as const;

const points = {
  name: 'map_points',
  // Numbers in YAML, of which text is made.
  type: { kind: 'string', choices: ['0', '11', '101'] },
  help: 'Precision is the area under the curve (0), or its mean at 11 or 101 recalls.',
} as const;

const figure = {
  name: 'map_key',
  type: { kind: 'string', choices: detectionFigures },
  default: detectionFigures[0],
  help: 'The figure that stands for all; the others are reported beside it.',
} as const;

const boxFormat = {
  name: 'box_format',
  type: { kind: 'string', choices: ['yxyx', 'xyxy', 'xywh', 'cxcywh'] },
  default: 'yxyx',
  help: 'Order of the four numbers of a box: corners top first or left first, left top corner with size, or centre with size.',
} as const;

const inputSize = {
  name: 'input_size',
  type: { kind: 'list', of: { kind: 'integer', minimum: 1 }, minItems: 2, maxItems: 2 },
  help: 'Height and width of the picture in pixels where boxes are in pixels; without it they are fractions of it.',
} as const;

const classNumbers = {
  name: 'class_numbers',
  type: { kind: 'string', choices: ['id', 'index', 'index_from_1'] },
  default: 'id',
  help: 'What the classes of the model are: category ids, or places in the list of categories from 0 or from 1.',
} as const;

const common = [boxFormat, inputSize, classNumbers] as const;

/** Every one of them, in the order help shows them. */
export const detectionMetricEntries = [
  {
    name: 'mAP',
    help: 'Mean average precision of boxes: matched greedily by score, over classes and overlaps.',
    parameters: [annotationPath, { ...thresholds, default: 0.5 }, { ...points, default: '0' }, ...common],
  },
  {
    name: 'COCOmAP',
    help: 'Average precision by the rules of COCO: overlaps from 0.5 to 0.95, 101 recalls, at most 100 boxes a picture.',
    parameters: [annotationPath, figure, ...common],
  },
  {
    name: 'COCOmAPv2',
    help: 'As COCOmAP, with outputs named by their place and overlaps of your own.',
    parameters: [
      annotationPath,
      { ...thresholds, default: '0.5:0.05:0.95' },
      { ...points, default: '101' },
      figure,
      {
        name: 'output_index_mapping',
        type: { kind: 'integers', keys: ['num_detections', 'boxes', 'scores', 'classes'], minimum: -1 },
        default: { num_detections: -1, boxes: 0, scores: 1, classes: 2 },
        help: 'Place of each output among those of the model, from 0; -1 where there is none.',
      },
      ...common,
    ],
  },
  {
    name: 'VOCmAP',
    help: 'Average precision by the rules of PASCAL VOC: overlap 0.5, area under the curve; difficult boxes do not count.',
    parameters: [annotationPath, ...common],
  },
] as const satisfies readonly DictionaryEntry[];
