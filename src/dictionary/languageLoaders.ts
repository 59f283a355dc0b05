// Loaders of text for language models, with their parameters (SYSTEMS §5.1); data only.
import type { DictionaryEntry } from './entry';
import { glueTaskParameter } from './glueTasks';

const lowerCase = {
  name: 'do_lower_case',
  type: { kind: 'boolean' },
  help: 'Whether text is made lower-case; without it as the files of the tokenizer say, else true.',
} as const;

const longest = {
  name: 'max_seq_length',
  type: { kind: 'integer', minimum: 8, maximum: 65_536 },
  help: 'Tokens of a sample at most, special ones included; longer text is cut.',
} as const;

const tokenizerFolder = {
  name: 'model_name_or_path',
  type: { kind: 'path' },
  help: 'Folder with the tokenizer: tokenizer.json, vocab.txt, vocab.json and merges.txt, or vocab.json of whole words; without it the folder of the data.',
} as const;

const modelType = {
  name: 'model_type',
  type: { kind: 'string', choices: ['bert', 'distilbert', 'mobilebert', 'roberta'] },
  default: 'bert',
} as const;

const dynamicLength = {
  name: 'dynamic_length',
  type: { kind: 'boolean' },
  default: false,
  help: 'Make a batch as long as its longest sample; false fills every sample up to max_seq_length.',
} as const;

const tokenCount = { kind: 'integer', minimum: 1, maximum: 65_536 } as const;

/** Every one of them, in the order help shows them. */
export const languageLoaderEntries = [
  {
    name: 'GLUE',
    help: 'Sentences and labels of a task of GLUE as token numbers: input_ids, attention_mask and, for models that have them, token_type_ids.',
    parameters: [
      { name: 'data_dir', type: { kind: 'path' }, required: true, help: 'Folder with dev.tsv or train.tsv.' },
      tokenizerFolder,
      { ...longest, default: 128 },
      lowerCase,
      glueTaskParameter,
      {
        ...modelType,
        help: 'Kind of the model: bert and mobilebert have token_type_ids, roberta swaps two labels of mnli.',
      },
      dynamicLength,
      {
        name: 'evaluate',
        type: { kind: 'boolean' },
        default: true,
        help: 'Read dev.tsv (of mnli dev_matched.tsv); false reads train.tsv.',
      },
      {
        name: 'file',
        type: { kind: 'string' },
        help: 'Another file in data_dir, such as dev_mismatched.tsv; evaluate does not count then.',
      },
    ],
  },
  {
    name: 'SQuAD',
    help: 'Questions about passages out of a file of SQuAD 1.1 as token numbers, long passages in windows; for the postprocessing SquadV1 and the metric SquadF1.',
    parameters: [
      { name: 'path', type: { kind: 'path' }, required: true, help: 'The file, such as dev-v1.1.json.' },
      { ...tokenizerFolder, help: tokenizerFolder.help.replace('the folder of the data', 'the folder of the file') },
      { ...longest, default: 384 },
      {
        name: 'max_query_length',
        type: tokenCount,
        default: 64,
        help: 'Tokens of a question at most; longer ones are cut.',
      },
      {
        name: 'doc_stride',
        type: tokenCount,
        default: 128,
        help: 'Tokens between the beginnings of two windows of a passage.',
      },
      lowerCase,
      { ...modelType, help: 'Kind of the model: bert and mobilebert have token_type_ids.' },
      dynamicLength,
    ],
  },
] as const satisfies readonly DictionaryEntry[];
