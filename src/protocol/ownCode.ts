// New code of a person's own: what it may be and what it is written in, and the request to have its files made.
import { method, textIn } from './methods';
import { recordOf } from './rpcMessages';

/** What a new module does: read data, judge results, or both. */
export const newDatasetKinds = ['data', 'metric', 'both'] as const;
/** One of them. */
export type NewDatasetKind = (typeof newDatasetKinds)[number];

/** What it is written in. */
export const codeLanguages = ['typescript', 'javascript'] as const;
/** One of them. */
export type CodeLanguage = (typeof codeLanguages)[number];

/** What is asked for. */
export interface NewDatasetRequest {
  /** Where the files go. */
  readonly folder: string;
  /** Of both files, without their endings. */
  readonly name: string;
  readonly kind: NewDatasetKind;
  readonly language: CodeLanguage;
  /** The model that samples are for; null: one of pictures. */
  readonly modelPath: string | null;
}

/** Where the files are. */
export interface NewDatasetPaths {
  readonly modulePath: string;
  readonly datasetPath: string;
}

/** Why a name cannot be that of new files, in a sentence; undefined where it can. */
export function newNameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'Type a name.';
  if (name.length > 60) return 'A name has at most 60 characters.';
  if (/^\w[\w.-]*$/.test(name)) return undefined;
  return 'A name is made of letters, digits, ".", "-" and "_", and begins with a letter or digit.';
}

/** Makes a module and the data set file that names it. Fails where a file of such a name is there already. */
export const newDatasetMethod = method<NewDatasetRequest, NewDatasetPaths>('dataset/new', (value) => {
  const fields = recordOf(value, 'the parameters');
  const [kind, language] = [oneOf(fields, 'kind', newDatasetKinds), oneOf(fields, 'language', codeLanguages)];
  const modelPath = fields['modelPath'] === null ? null : textIn(fields, 'modelPath');
  return { folder: textIn(fields, 'folder'), name: textIn(fields, 'name', 100), kind, language, modelPath };
});

function oneOf<Word extends string>(
  fields: Readonly<Record<string, unknown>>,
  key: string,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === fields[key]);
  if (found === undefined) throw new Error(`"${key}" is one of ${words.join(', ')}`);
  return found;
}
