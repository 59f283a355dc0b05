// What a quick fix is: a title for a person, and what it changes in the text.
import type { TextChange } from './textEdits';

/** All changes are made at once. */
export interface QuickFix {
  readonly title: string;
  readonly changes: readonly TextChange[];
  /** A file that is made besides, where there is none of its name. */
  readonly newFile?: { readonly path: string; readonly text: string };
  /** The one that is most likely meant. */
  readonly isPreferred?: true;
}
