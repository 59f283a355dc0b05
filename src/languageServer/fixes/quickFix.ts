// What a quick fix is: a title for a person, and what it changes in the text.
import type { TextChange } from './textEdits';

/** All changes are made at once. */
export interface QuickFix {
  readonly title: string;
  readonly changes: readonly TextChange[];
  /** The one that is most likely meant. */
  readonly isPreferred?: true;
}
