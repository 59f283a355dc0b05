// What ops may be: model_wise, optype_wise and op_wise of a quantization section, in both layouts.
import type { opOptionsKey } from '../../dictionary/tuningKeys/opOptionKeys';
import type { quantizationKeys } from '../../dictionary/tuningKeys/quantizationKeys';
import { CheckedSection, reportRepeated } from '../checkedSection';
import type { NamedSection } from '../checkedSection';
import type { ProblemList } from '../configProblem';
import type { CalibrationMethod } from '../recipe';
import type { NodePattern, OpOptions, QuantizationSection, TensorOptions } from '../tuningConfig';
import { optional } from './optional';

type OptionKeys = (typeof opOptionsKey)['keys'];

/** The three maps of options, from whichever layout names them. */
export function opOptions(
  quantization: CheckedSection<typeof quantizationKeys>,
  problems: ProblemList,
): Pick<QuantizationSection, 'modelWise' | 'optypeWise' | 'opWise'> {
  reportRepeated(problems, quantization.find('optype_wise'), quantization.find('op_type_dict'));
  reportRepeated(problems, quantization.find('op_wise'), quantization.find('op_name_dict'));
  const byType = [...quantization.named('optype_wise'), ...quantization.named('op_type_dict')];
  const byName = [...quantization.named('op_wise'), ...quantization.named('op_name_dict')];
  return {
    modelWise: optionsOf(quantization.section('model_wise')),
    optypeWise: Object.fromEntries(byType.map((named) => [named.name, optionsOf(contentOf(named))])),
    opWise: byName.map(patternOf),
  };
}

function contentOf({ content }: NamedSection): CheckedSection<OptionKeys> {
  return new CheckedSection(content);
}

function patternOf(named: NamedSection): NodePattern {
  return { pattern: named.name, options: optionsOf(contentOf(named)), ...named.place.position };
}

function optionsOf(section: CheckedSection<OptionKeys>): OpOptions {
  const weight = section.section('weight');
  const activation = section.section('activation');
  return {
    weight: {
      ...commonOptions(weight),
      ...optional('algorithm', weight.value('algorithm')?.map(methodOf)),
    },
    activation: {
      ...commonOptions(activation),
      ...optional('algorithm', activation.value('algorithm')?.map(methodOf)),
    },
  };
}

type TensorKeys = Pick<OptionKeys['activation']['keys'], 'dtype' | 'scheme' | 'granularity'>;

function commonOptions(
  section: Pick<CheckedSection<TensorKeys>, 'value'>,
): Pick<TensorOptions, 'dtype' | 'scheme' | 'granularity'> {
  return {
    ...optional('dtype', section.value('dtype')),
    ...optional('scheme', section.value('scheme')),
    ...optional('granularity', section.value('granularity')),
  };
}

function methodOf(name: 'minmax' | 'kl' | 'entropy' | 'percentile'): CalibrationMethod {
  return name === 'kl' ? 'entropy' : name;
}
