// The section quantization of config.yaml: approach, calibration, recipes, options of ops, format.
import type { configKeys } from '../../dictionary/tuningKeys/configKeys';
import type { CheckedSection } from '../checkedSection';
import { reportRepeated } from '../checkedSection';
import type { ProblemList } from '../configProblem';
import type { QuantizationSection, TuningApproach } from '../tuningConfig';
import { opOptions } from './opOptions';
import { optional } from './optional';
import { recipeSwitches } from './recipeSwitches';

type Root = CheckedSection<typeof configKeys>;

const approaches = {
  post_training_static_quant: 'static',
  post_training_dynamic_quant: 'dynamic',
  post_training_auto_quant: 'auto',
  static: 'static',
  dynamic: 'dynamic',
  auto: 'auto',
} as const satisfies Record<string, TuningApproach>;

const defaultSamplingSizes: readonly number[] = [100];

/** @param needsCalibration report that there is no data to calibrate with */
export function quantizationSection(root: Root, problems: ProblemList, needsCalibration: boolean): QuantizationSection {
  const quantization = root.section('quantization');
  const calibration = quantization.section('calibration');
  const approach = approachOf(root, problems);
  const dataset = calibration.dataset('dataloader');
  if (needsCalibration && approach !== 'dynamic' && calibration.find('dataloader') === undefined) {
    const message = `The approach ${approach} needs data to calibrate with, which is missing.`;
    calibration.report(problems, 'dataloader', message, {
      code: 'missing-key',
      missing: 'dataloader',
      expected: 'calibration: {dataloader: {dataset: …}}, or the approach post_training_dynamic_quant',
    });
  }
  reportRepeated(problems, calibration.find('sampling_size'), quantization.find('calibration_sampling_size'));
  reportRepeated(problems, root.find('reduce_range'), quantization.find('reduce_range'));
  reportRepeated(problems, root.find('device'), quantization.find('device'));
  const sizes = calibration.value('sampling_size') ?? quantization.value('calibration_sampling_size');
  return {
    approach,
    samplingSizes: [...new Set(sizes ?? defaultSamplingSizes)],
    ...optional('calibration', dataset),
    recipes: recipeSwitches(quantization.section('recipes'), problems),
    ...optional('format', formatOf(root, approach, problems)),
    ...optional('reduceRange', root.value('reduce_range') ?? quantization.value('reduce_range')),
    ...opOptions(quantization, problems),
  };
}

function approachOf(root: Root, problems: ProblemList): TuningApproach {
  const quantization = root.section('quantization');
  const named = quantization.value('approach');
  const approach = named === undefined ? undefined : approaches[named];
  if (root.section('model').value('framework') !== 'onnxrt_integerops') return approach ?? 'static';
  if (approach !== undefined && approach !== 'dynamic') {
    const message = `The framework onnxrt_integerops means dynamic quantization, but the approach is ${approach}.`;
    quantization.report(problems, 'approach', message, { expected: 'post_training_dynamic_quant' });
  }
  return 'dynamic';
}

function formatOf(root: Root, approach: TuningApproach, problems: ProblemList): QuantizationSection['format'] {
  const quantization = root.section('quantization');
  const named = quantization.value('quant_format')?.toLowerCase();
  const ofQuantization = named === 'qdq' || named === 'qoperator' ? named : undefined;
  const framework = root.section('model').value('framework');
  const ofFramework = framework === 'onnxrt_qdq' ? 'qdq' : framework === 'onnxrt_qoperator' ? 'qoperator' : undefined;
  if (ofQuantization !== undefined && approach === 'dynamic') {
    const message = 'Dynamic quantization has a form of its own: quant_format has no effect.';
    quantization.report(problems, 'quant_format', message, { expected: 'default, or another approach' });
  }
  if (ofQuantization !== undefined && ofFramework !== undefined && ofQuantization !== ofFramework) {
    const message = `The framework ${framework ?? ''} means the format ${ofFramework}.`;
    quantization.report(problems, 'quant_format', message, { expected: ofFramework });
  }
  return ofQuantization ?? ofFramework;
}
