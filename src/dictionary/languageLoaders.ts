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
        name: 'model_type',
        type: { kind: 'string', choices: ['bert', 'distilbert', 'mobilebert', 'roberta'] },
        default: 'bert',
        help: 'Kind of the model: bert and mobilebert have token_type_ids, roberta swaps two labels of mnli.',
      },
      {
        name: 'dynamic_length',
        type: { kind: 'boolean' },
        default: false,
        help: 'Make a batch as long as its longest sample; false fills every sample up to max_seq_length.',
      },
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
] as const satisfies readonly DictionaryEntry[];
