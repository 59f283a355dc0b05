// How the error of an operator is shown: how far its bar goes, what it is sorted by, and its words.
import { byError } from '../../src/protocol/diagnosis';
import type { DiagnosedOp } from '../../src/protocol/panels/diagnosis';
import { noFigure } from '../kit/figures';

export type OpErrors = Pick<DiagnosedOp, 'mse' | 'sqnrDb' | 'isRescaled'>;

/** What is told of an operator whose error says nothing. */
export const rescaledText =
  'Nothing: its channels were rescaled on purpose (equalization, SmoothQuant), and the next layer undoes it. Keeping it in float would not make the model more accurate.';

/** Those that lose something, the worst first; those whose error says nothing after all others. */
export function losing<Op extends OpErrors>(ops: readonly Op[]): readonly Op[] {
  return ops.filter(({ mse }) => mse !== null && mse > 0).sort(byError);
}

/** Length of a bar: that of an error that says nothing would say something. */
export function barLength({ mse, isRescaled }: OpErrors): number {
  return isRescaled ? 0 : (mse ?? 0);
}

/** What rows are sorted by: an error that is not finite is the worst of all, one that says nothing is none. */
export function mseOrder({ mse, isRescaled }: OpErrors): number | null {
  return isRescaled ? null : (mse ?? Infinity);
}

export function dbOrder({ sqnrDb, isRescaled }: OpErrors): number | null {
  return isRescaled ? null : sqnrDb;
}

/** In a cell of the table. */
export function mseCell({ mse, isRescaled }: OpErrors): string {
  return isRescaled ? 'rescaled' : mseText(mse);
}

export function dbCell({ sqnrDb, isRescaled }: OpErrors): string {
  return isRescaled ? 'rescaled' : dbText(sqnrDb);
}

/** Both at a bar. */
export function errorText({ mse, sqnrDb, isRescaled }: OpErrors): string {
  return isRescaled ? 'rescaled: says nothing' : `${mseText(mse)} · ${dbText(sqnrDb)}`;
}

/** Both in the facts of an operator, whatever they mean. */
export function errorFigures({ mse, sqnrDb }: OpErrors): string {
  return `MSE ${mseText(mse)}, SQNR ${dbText(sqnrDb)}`;
}

function mseText(mse: number | null): string {
  if (mse === null) return 'not finite';
  return mse === 0 ? '0' : mse.toExponential(2);
}

function dbText(db: number | null): string {
  return db === null ? noFigure : `${db.toFixed(1)} dB`;
}
