// The question before a run of an optimization that takes away what was measured of the model it has.
import { window } from 'vscode';
import { replacedMethod, replacedNames } from '../../protocol/runControl';
import type { OptimizationNode } from '../tree/nodes';
import { keptInTrash } from './explaining';

/**
 * Whether an optimization may be run. Asked where its optimized model has benchmarks or profilings, which go with that
 * model; and before the model of a chosen trial takes the place of any other.
 */
export async function mayReplace({ bench, facts }: OptimizationNode, trial?: number): Promise<boolean> {
  const replaced = await bench.ask(replacedMethod, { id: facts.id });
  const names = replacedNames(replaced);
  if (names === '' && (trial === undefined || !replaced.hasModel)) return true;
  const lost = names === '' ? '' : ` With the present model goes what was measured of it: ${names}. ${keptInTrash}`;
  const { title, detail, button } =
    trial === undefined
      ? {
          title: `Run "${facts.name}" again?`,
          detail: 'When the run has a result, that takes the place of the present optimized model.',
          button: 'Run Again',
        }
      : {
          title: `Make trial ${trial} the optimized model of "${facts.name}"?`,
          detail:
            'The model of the trial is made again from its settings, checked, and takes the place of the present one.',
          button: `Use Trial ${trial}`,
        };
  const chosen = await window.showWarningMessage(title, { modal: true, detail: `${detail}${lost}` }, button);
  return chosen === button;
}
