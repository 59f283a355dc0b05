// The sections graph_optimization and mixed_precision of config.yaml.
import type { configKeys } from '../../dictionary/tuningKeys/configKeys';
import type { conversionOptionsKey } from '../../dictionary/tuningKeys/opOptionKeys';
import { CheckedSection } from '../checkedSection';
import type { NamedSection } from '../checkedSection';
import type { ProblemList } from '../configProblem';
import type { ConversionSection } from '../tuningConfig';
import { optional } from './optional';

type Root = CheckedSection<typeof configKeys>;
type OpPrecision = ConversionSection['opWise'][number];

export function graphOptimizationSection(root: Root, problems: ProblemList): ConversionSection {
  const section = root.section('graph_optimization');
  return {
    precisions: section.value('precisions') ?? ['fp32'],
    opWise: section.named('op_wise').flatMap((named) => opPrecision(named, problems)),
    ...optional('level', section.value('level')),
    keepIoTypes: true,
  };
}

export function mixedPrecisionSection(root: Root, problems: ProblemList): ConversionSection {
  const section = root.section('mixed_precision');
  const precisions = section.value('precisions') ?? ['fp16'];
  if (precisions.every((precision) => precision === 'fp32')) {
    section.report(problems, 'precisions', 'With fp32 alone nothing would be converted.', { expected: 'fp16 or bf16' });
  }
  return {
    precisions,
    opWise: section.named('op_wise').flatMap((named) => opPrecision(named, problems)),
    keepIoTypes: section.value('keep_io_types') ?? true,
  };
}

/** An op has one type: where weights and activations name different ones, that is reported. */
function opPrecision({ name, place, content }: NamedSection, problems: ProblemList): OpPrecision[] {
  const options = new CheckedSection<(typeof conversionOptionsKey)['keys']>(content);
  const dtypes = (['weight', 'activation'] as const).flatMap((key) => options.section(key).value('dtype') ?? []);
  const [dtype] = dtypes;
  if (dtype !== undefined && dtypes.every((each) => each === dtype)) return [{ pattern: name, dtype }];
  const message =
    dtype === undefined
      ? 'No type is named for these ops.'
      : `Weights and activations of an op have one type, not ${dtypes.join(' and ')}.`;
  problems.add(place.path, place.position, message, { expected: '{activation: {dtype: fp32}}' });
  return [];
}
