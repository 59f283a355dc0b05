// What the features are asked about: an open file, what it is, and what was found out about it.
import { dirname, resolve } from 'node:path';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ConfigFileKind } from '../config/configFileKind';
import type { ModelNames } from './modelNames';
import { outlineOf, textAt } from './outline';
import type { Outline } from './outline';
import { rootSlot } from './vocabulary/fileSlots';
import type { MapSlot } from './vocabulary/slot';

/** An open file of ours. */
export interface OpenFile {
  readonly document: TextDocument;
  readonly text: string;
  readonly kind: ConfigFileKind;
  /** Absolute path; undefined for a file that was never saved. */
  readonly path: string | undefined;
  readonly outline: Outline;
  readonly root: MapSlot;
}

/** Looks at a document once; everything else is asked of what this gives. */
export function openFile(document: TextDocument, kind: ConfigFileKind, path: string | undefined): OpenFile {
  const text = document.getText();
  return { document, text, kind, path, outline: outlineOf(text), root: rootSlot(kind) };
}

/** Where each kind of file names a model. */
const modelKeysOf: Readonly<Record<ConfigFileKind, readonly string[] | undefined>> = {
  tuning: ['model', 'path'],
  dataset: undefined,
  pruning: ['model'],
};

/** Absolute path of the model that a config or a recipe names. */
export function modelPathOf({ kind, outline, path }: OpenFile): string | undefined {
  const keys = modelKeysOf[kind];
  const named = keys === undefined ? undefined : textAt(outline, keys);
  return named === undefined || path === undefined || named.includes('\0') ? undefined : resolve(dirname(path), named);
}

/** A file, and the names of its model where there is one. */
export interface FileWithNames {
  readonly file: OpenFile;
  readonly names: ModelNames | undefined;
}
