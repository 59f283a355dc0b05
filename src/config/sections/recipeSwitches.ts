// quantization.recipes as the tuner reads it.
import type { recipeKeys } from '../../dictionary/tuningKeys/recipeKeys';
import type { CheckedSection } from '../checkedSection';
import type { ProblemList } from '../configProblem';
import type { RecipeSwitches } from '../tuningConfig';
import { optional } from './optional';

/** Alpha of SmoothQuant when none is named (SYSTEMS §4.5). */
const defaultAlphas: readonly number[] = [0.5];

export function recipeSwitches(recipes: CheckedSection<typeof recipeKeys>, problems: ProblemList): RecipeSwitches {
  const alpha = recipes.section('smooth_quant_args').value('alpha');
  if (recipes.value('smooth_quant') === false && alpha !== undefined) {
    recipes.section('smooth_quant_args').report(problems, 'alpha', 'smooth_quant is false: alpha has no effect.', {
      expected: 'smooth_quant: true, or no alpha',
    });
  }
  return {
    ...optional('equalization', recipes.value('equalization')),
    ...optional('fastBiasCorrection', recipes.value('fast_bias_correction')),
    ...optional('weightCorrection', recipes.value('weight_correction')),
    ...optional('smoothQuant', recipes.value('smooth_quant')),
    smoothQuantAlphas: alpha ?? defaultAlphas,
    ...optional('firstConvOrMatmulQuantization', recipes.value('first_conv_or_matmul_quantization')),
    ...optional('lastConvOrMatmulQuantization', recipes.value('last_conv_or_matmul_quantization')),
    ...optional('prePostProcessQuantization', recipes.value('pre_post_process_quantization')),
    ...optional('graphOptimizationLevel', recipes.value('graph_optimization_level')),
  };
}
