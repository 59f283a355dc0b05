// Postprocessing between a model and its metric, with parameters (SYSTEMS §2.4); data only.
import type { DictionaryEntry } from './entry';
import { transformEntries } from './transforms';

const inputSize = {
  name: 'input_size',
  type: { kind: 'list', of: { kind: 'integer', minimum: 1 }, minItems: 1, maxItems: 2 },
  required: true,
  help: 'Height and width of the picture the model sees, in pixels; one number for a square.',
} as const;

/** What remains of the boxes of a picture (non-maximum suppression). */
const suppression = [
  {
    name: 'score_threshold',
    type: { kind: 'number', minimum: 0, maximum: 1 },
    default: 0.01,
    help: 'Boxes count with a score above this.',
  },
  {
    name: 'iou_threshold',
    type: { kind: 'number', minimum: 0, maximum: 1 },
    default: 0.65,
    help: 'Of boxes that overlap more than this the one with the highest score is kept.',
  },
  {
    name: 'max_detections',
    type: { kind: 'integer', minimum: 1, maximum: 10000 },
    default: 100,
    help: 'Boxes kept of a picture, the best of all classes.',
  },
  {
    name: 'class_agnostic',
    type: { kind: 'boolean' },
    default: false,
    help: 'Boxes of different classes suppress each other, too.',
  },
] as const;

const labelShift = transformEntries.filter((entry) => entry.name === 'LabelShift');

/** Steps that change what the model gives, in the order help shows them. */
export const outputStepEntries = [
  {
    name: 'DecodeYolo',
    help: 'Boxes out of the output of a YOLO model, with non-maximum suppression: boxes as fractions, scores, classes.',
    parameters: [
      {
        name: 'head',
        type: { kind: 'string', choices: ['yolox', 'yolov5', 'yolov8'] },
        required: true,
        help: 'Layout of the output: yolox (grid offsets, to be decoded), yolov5 (pixels, objectness and classes; v7 too), yolov8 (classes without objectness, boxes last; v9 and v11 too).',
      },
      inputSize,
      {
        name: 'strides',
        type: { kind: 'list', of: { kind: 'integer', minimum: 1 }, minItems: 1 },
        default: [8, 16, 32],
        help: 'Pixels between the cells of each grid of yolox.',
      },
      ...suppression,
      { name: 'output', type: { kind: 'string' }, help: 'Name of the model output; without it the first.' },
    ],
  },
  {
    name: 'DecodeSsd',
    help: 'Boxes out of the boxes and scores of an SSD model, with non-maximum suppression.',
    parameters: [
      { name: 'boxes', type: { kind: 'string' }, required: true, help: 'Name of the output with the boxes.' },
      { name: 'scores', type: { kind: 'string' }, required: true, help: 'Name of the output with the scores.' },
      {
        name: 'encoding',
        type: { kind: 'string', choices: ['xyxy', 'yxyx', 'cxcywh', 'offsets'] },
        default: 'xyxy',
        help: 'What the four numbers are: fractions as corners or centre and size, or offsets from the priors.',
      },
      {
        name: 'priors',
        type: { kind: 'path' },
        help: 'An .npy file of the prior boxes (centre x, centre y, width, height as fractions), for offsets.',
      },
      {
        name: 'variances',
        type: { kind: 'list', of: { kind: 'number', minimum: 1e-6 }, minItems: 4, maxItems: 4 },
        default: [0.1, 0.1, 0.2, 0.2],
        help: 'What offsets are multiplied with.',
      },
      {
        name: 'activation',
        type: { kind: 'string', choices: ['none', 'softmax', 'sigmoid'] },
        default: 'none',
        help: 'What makes probabilities of the scores.',
      },
      {
        name: 'background',
        type: { kind: 'integer', minimum: -1 },
        default: 0,
        help: 'Class that means nothing is there; -1 where there is none.',
      },
      ...suppression,
    ],
  },
  {
    name: 'SquadV1',
    help: 'Answers as text, one for each question of the loader SQuAD, out of the two outputs that score where an answer begins and ends; for SquadF1.',
    parameters: [
      {
        name: 'n_best_size',
        type: { kind: 'integer', minimum: 1, maximum: 1000 },
        default: 20,
        help: 'How many of the highest scores of each output are tried with each other.',
      },
      {
        name: 'max_answer_length',
        type: { kind: 'integer', minimum: 1, maximum: 65_536 },
        default: 30,
        help: 'Tokens of an answer at most.',
      },
      {
        name: 'start_output',
        type: { kind: 'string' },
        help: 'Name of the output that scores beginnings; without it the one whose name holds "start", else the first.',
      },
      {
        name: 'end_output',
        type: { kind: 'string' },
        help: 'Name of the output that scores ends; without it the one whose name holds "end", else the next.',
      },
    ],
  },
  {
    name: 'Collect',
    help: 'Gives the metric so many samples at once, whatever the batch size.',
    parameters: [
      { name: 'length', type: { kind: 'integer', minimum: 1 }, required: true, help: 'Samples of one update.' },
    ],
  },
] as const satisfies readonly DictionaryEntry[];

/** Every step of postprocess.transform: those, and the shift of labels. */
export const postprocessEntries: readonly DictionaryEntry[] = [...labelShift, ...outputStepEntries];
