// All shape rules by operator.
import { isStandardDomain } from '../graphView';
import { convolutionRules } from './convolution';
import { creationRules } from './creation';
import { elementwiseRules } from './elementwise';
import { layoutRules } from './layout';
import { matrixRules } from './matrix';
import { quantizedRules } from './quantized';
import { recurrentRules } from './recurrent';
import { reductionRules } from './reduction';
import type { Rule } from './rule';
import { selectionRules } from './selection';

const rules: ReadonlyMap<string, Rule> = new Map(
  [
    convolutionRules,
    creationRules,
    elementwiseRules,
    layoutRules,
    matrixRules,
    quantizedRules,
    recurrentRules,
    reductionRules,
    selectionRules,
  ].flatMap((table) => Object.entries(table)),
);

/** The operator as the product writes it: the bare type for ai.onnx, else `domain:OpType`. */
export function operatorName(domain: string, opType: string): string {
  return isStandardDomain(domain) ? opType : `${domain}:${opType}`;
}

/** The rule of an operator; undefined when its outputs stay unknown. */
export function ruleFor(domain: string, opType: string): Rule | undefined {
  return rules.get(operatorName(domain, opType));
}
