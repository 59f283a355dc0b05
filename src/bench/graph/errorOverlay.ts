// The colouring by error: what quantizing did to the result of each operator, from the diagnosis of an optimization.
import type { DiagnoseResult, OpDiagnosis } from '../../protocol/diagnosis';
import type { Overlay, OverlayChoice } from '../../protocol/panels/graph';
import { overlayValues } from './groupValues';
import type { ShownModel } from './shownModel';
import { indicesByName } from './timeOverlay';

/** From here on nothing is lost: about what 10 bits keep. */
const harmlessDb = 60;

/**
 * @param namesHere by name in the float model: what its operators are called in this one; absent: this is the float model
 */
export function errorOverlayOf(
  model: ShownModel,
  choice: OverlayChoice,
  { ops }: DiagnoseResult,
  namesHere?: ReadonlyMap<string, string>,
): Overlay {
  const byName = indicesByName(model);
  const ofNode = new Map<number, OpDiagnosis>();
  for (const op of ops) {
    for (const name of [op.node, ...op.mergedNodes]) {
      const index = byName.get(namesHere?.get(name) ?? name);
      if (index !== undefined && !ofNode.has(index)) ofNode.set(index, op);
    }
  }
  const lossOf = ({ sqnrDb, isRescaled }: OpDiagnosis): number => (isRescaled ? harmlessDb : (sqnrDb ?? harmlessDb));
  const worst = ops.reduce((least, op) => Math.min(least, lossOf(op)), harmlessDb);
  const shareOf = (op: OpDiagnosis): number =>
    worst >= harmlessDb ? 0 : Math.min(1, Math.max(0, (harmlessDb - lossOf(op)) / (harmlessDb - worst)));
  const values = overlayValues(
    model,
    ofNode,
    (op) => ({ share: shareOf(op), category: null, text: errorText(op) }),
    (inside) => {
      const most = inside.reduce((one, other) => (shareOf(other) > shareOf(one) ? other : one));
      return { share: shareOf(most), category: null, text: `at most: ${most.node}, ${errorText(most)}` };
    },
  );
  return { choice, unit: 'dB', values, categories: [] };
}

function errorText({ sqnrDb, mse, precision, isRescaled }: OpDiagnosis): string {
  if (isRescaled) return `rescaled on purpose: its error says nothing (${precision})`;
  const noise = sqnrDb === null ? 'no error' : `SQNR ${sqnrDb.toFixed(1)} dB`;
  return `${noise}${mse === null ? '' : `, MSE ${mse.toExponential(1)}`} (${precision})`;
}
