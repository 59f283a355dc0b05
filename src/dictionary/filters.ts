// The filters a DATASET.yaml can name: which samples of a loader are kept (SYSTEMS §2.5); data only.
import type { DictionaryEntry } from './entry';

/** Every filter, in the order help shows them. */
export const filterEntries = [
  {
    name: 'LabelBalance',
    help: 'Keeps the pictures that have exactly so many boxes; for loaders of detection data.',
    parameters: [
      {
        name: 'size',
        type: { kind: 'integer', minimum: 1 },
        required: true,
        help: 'Number of boxes a picture must have.',
      },
    ],
  },
] as const satisfies readonly DictionaryEntry[];
