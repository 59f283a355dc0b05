// Metrics of language models, with their parameters (SYSTEMS §5.3); data only.
import type { DictionaryEntry } from './entry';
import { glueTaskParameter } from './glueTasks';

const output = {
  name: 'output',
  type: { kind: 'string' },
  help: 'Name of the model output to look at; without it the first.',
} as const;

/** How outputs become sequences of tokens. */
const sequences = [
  {
    name: 'ignore_tokens',
    type: { kind: 'list', of: { kind: 'integer' } },
    default: [],
    help: 'Token numbers that do not count, in outputs and labels: padding, start and end.',
  },
  {
    name: 'end_token',
    type: { kind: 'integer', minimum: 0 },
    help: 'Token number after which an output is over.',
  },
  {
    name: 'ctc_blank',
    type: { kind: 'integer', minimum: 0 },
    help: 'Token number of the blank of a CTC output: repetitions become one token, and blanks none.',
  },
  output,
] as const;

/** Every one of them, in the order help shows them. */
export const languageMetricEntries = [
  {
    name: 'GLUE',
    help: 'The figure of a task of GLUE: Matthews correlation (cola), mean of Pearson and Spearman correlation (sts-b), else accuracy.',
    parameters: [glueTaskParameter, output],
  },
  {
    name: 'SquadF1',
    help: 'Overlap of the words of answers with the best of the right ones, 0 to 100; for outputs that are text.',
    parameters: [output],
  },
  {
    name: 'BLEU',
    help: 'Overlap of up to four words in a row with right translations over all samples, with a penalty for short ones, 0 to 100.',
    parameters: sequences,
  },
  {
    name: 'WER',
    help: 'Word error rate: words put in, left out and exchanged, over the number of right words.',
    parameters: sequences,
  },
  {
    name: 'ROC',
    help: 'Area under the ROC curve: how surely a sample of a class has a higher score than one of no such class.',
    parameters: [
      {
        name: 'task',
        type: { kind: 'string', choices: ['binary', 'multiclass', 'multilabel', 'dlrm'] },
        default: 'binary',
        help: 'binary (dlrm is the same): one score, or two of which the second counts; multiclass and multilabel: mean over classes.',
      },
      output,
    ],
  },
] as const satisfies readonly DictionaryEntry[];
