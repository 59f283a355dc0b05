// Names out of the model as keys of a config: op types, and regular expressions of node names.
import { engineOps } from '../dictionary/engineOps';
import type { NamedKey } from '../dictionary/tuningKeys/configKey';
import type { Place } from './checkedSection';
import type { ProblemList } from './configProblem';
import { nearestName } from './nearestName';
import { nodePattern } from './nodePattern';

const opTypes: readonly string[] = [...new Set([...engineOps.values()].flatMap((names) => [...names]))];

/** Reports a name that cannot be meant; says whether it is right. */
export function checkNameInModel(name: string, names: NamedKey['names'], place: Place, problems: ProblemList): boolean {
  return names === 'opType' ? checkOpType(name, place, problems) : checkPattern(name, place, problems);
}

function checkOpType(name: string, { path, position }: Place, problems: ProblemList): boolean {
  if (opTypes.includes(name)) return true;
  const suggestion = nearestName(name, opTypes);
  problems.add(path, position, `ONNX Runtime has no op type "${name.slice(0, 64)}".`, {
    code: 'unknown-name',
    expected: 'an op type such as Conv, MatMul or Gemm, written exactly so',
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  return false;
}

function checkPattern(source: string, { path, position }: Place, problems: ProblemList): boolean {
  try {
    nodePattern(source);
    return true;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message.replace(/^Invalid regular expression: /, '') : '';
    problems.add(path, position, `This is not a regular expression: ${reason.slice(0, 160)}.`, {
      expected: 'a name, or an expression such as "conv_.*" that matches whole names',
    });
    return false;
  }
}
