// What every panel is about: something of a bench, named so that it can be found again in a later window.
import { idIn, textIn } from '../methods';
import { recordOf } from '../rpcMessages';

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
