// What the page of a data set and the process of its bench say to each other: first samples, and what is wrong with them.
import type { FailureRecord } from '../benchError';
import { idIn, method, textIn } from '../methods';
import type { DatasetPreview } from '../preview';
import { recordOf } from '../rpcMessages';
import type { PanelSubject } from './panel';

/** Longest side of the pictures of a page, in pixels. */
export const mostPictureSide = 256;

/** Samples a page may ask for, at most. */
const mostSamples = 50;

/** A data set of the bench, or a data set file by its absolute path. */
export type DatasetSubject = { readonly id: number } | { readonly file: string };

/** What a page of first samples is about. */
export type PreviewSubject = PanelSubject & DatasetSubject;

/** A subject as an earlier window left it; throws Error for anything else. */
export function readPreviewSubject(value: unknown): PreviewSubject {
  return { bench: textIn(recordOf(value, 'what a panel is about'), 'bench'), ...datasetSubjectOf(value) };
}

/** The data set alone of what names more; throws Error where it names none. */
export function datasetSubjectOf(value: unknown): DatasetSubject {
  const fields = recordOf(value, 'the data set');
  return fields['file'] === undefined ? { id: idIn(fields, 'id') } : { file: textIn(fields, 'file') };
}

export type PreviewQuestion = DatasetSubject & PreviewChoice;

/** How much of a data set is read. */
export interface PreviewChoice {
  /** Samples shown at most. */
  readonly samples: number;
  /** Reads all others, too, until one cannot be used. */
  readonly checksAll: boolean;
  /** Another number reads the data anew; the same may be answered with what was read before. */
  readonly turn: number;
}

/** The samples, or why the data set cannot be opened. */
export interface PreviewReport {
  readonly name: string;
  /** The project of the data set, or the folder of its file. */
  readonly origin: string;
  readonly preview: DatasetPreview | null;
  readonly failure: FailureRecord | null;
}

/** Reads the first samples of a data set. Fails where the folder is not trusted: reading may run the person's own code. */
export const datasetPreviewMethod = method<PreviewQuestion, PreviewReport>('dataset/preview', (value) => {
  const fields = recordOf(value, 'the parameters');
  const { samples, checksAll, turn } = fields;
  if (!isWhole(samples) || samples > mostSamples) throw new Error(`"samples" is a number up to ${mostSamples}`);
  if (typeof checksAll !== 'boolean' || !isWhole(turn))
    throw new Error('"checksAll" is true or false, "turn" a number');
  return { ...datasetSubjectOf(value), samples, checksAll, turn };
});

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
