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
  const precisions = section.value('precisions') ?? ['fp32'];
  return {
    precisions,
    opWise: section.named('op_wise').flatMap((named) => opPrecision(named, precisions, problems)),
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
    opWise: section.named('op_wise').flatMap((named) => opPrecision(named, precisions, problems)),
    keepIoTypes: section.value('keep_io_types') ?? true,
  };
}

/** An op has one type: float32, or that of the whole model. Anything else is reported. */
function opPrecision(
  { name, place, content }: NamedSection,
  precisions: readonly OpPrecision['dtype'][],
  problems: ProblemList,
): OpPrecision[] {
  const options = new CheckedSection<(typeof conversionOptionsKey)['keys']>(content);
  const dtypes = (['weight', 'activation'] as const).flatMap((key) => options.section(key).value('dtype') ?? []);
  const [dtype] = dtypes;
  const isOne = dtype !== undefined && dtypes.every((each) => each === dtype);
  if (isOne && (dtype === 'fp32' || precisions.includes(dtype))) return [{ pattern: name, dtype }];
  const message =
    dtype === undefined
      ? 'No type is named for these ops.'
      : isOne
        ? `The model is not converted to ${dtype}, so none of its ops can be.`
        : `Weights and activations of an op have one type, not ${dtypes.join(' and ')}.`;
  problems.add(place.path, place.position, message, { expected: '{activation: {dtype: fp32}}' });
  return [];
}
