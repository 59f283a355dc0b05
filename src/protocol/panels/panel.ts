// What every panel is about: something of a bench, named so that it can be found again in a later window; and what all pages say.
import { event, idIn, method, textIn } from '../methods';
import { recordOf } from '../rpcMessages';

/** What a panel is about; a reloaded window knows it again. */
export interface PanelSubject {
  /** URI of the workspace folder of the bench. */
  readonly bench: string;
}

/** A panel about one record. */
export interface RecordSubject extends PanelSubject {
  readonly id: number;
}

/** A subject as an earlier window left it; throws Error for anything else. */
export function readRecordSubject(value: unknown): RecordSubject {
  const fields = recordOf(value, 'what a panel is about');
  return { bench: textIn(fields, 'bench'), id: idIn(fields, 'id') };
}

/** Told to a page when what the bench keeps may have changed: it asks again. */
export const panelChangedEvent = event<null>('panel/changed');

/** Something a page wants done in the editor, by a name that its panel knows. */
export interface PanelAction {
  readonly name: string;
  /** What the action needs; checked by whoever does it. */
  readonly value: unknown;
}

/** The action that every panel knows: shows where a person trusts the folder. */
export const manageTrustAction = 'manageTrust';

/** Resolves when the action is done or the person has seen why not. */
export const actionMethod = method<PanelAction, null>('panel/action', (value) => {
  const fields = recordOf(value, 'the parameters');
  return { name: textIn(fields, 'name', 100), value: fields['value'] };
});
