// The section tuning of config.yaml: goal, strategy, objectives and limits, in the layouts of 1.x and 2.x.
import type { configKeys } from '../../dictionary/tuningKeys/configKeys';
import type { tuningCriterionKey } from '../../dictionary/tuningKeys/goalKeys';
import type { CheckedSection } from '../checkedSection';
import { reportRepeated } from '../checkedSection';
import type { ProblemList } from '../configProblem';
import type { Objective, StrategyName, TuningSection } from '../tuningConfig';
import { accuracyAwareOptions } from './accuracyAware';
import { accuracyGoal } from './accuracyGoal';
import { plainObjectives, weightedObjectives } from './objectives';
import { optional } from './optional';

type Root = CheckedSection<typeof configKeys>;
type Criterion = CheckedSection<(typeof tuningCriterionKey)['keys']>;

export function tuningSection(root: Root, problems: ProblemList): TuningSection {
  const tuning = root.section('tuning');
  const exitPolicy = tuning.section('exit_policy');
  const criterion = criterionOf(root, problems);
  const strategy = strategyOf(root, criterion, problems);
  reportRepeated(problems, exitPolicy.find('timeout'), criterion.find('timeout'));
  reportRepeated(problems, exitPolicy.find('max_trials'), criterion.find('max_trials'));
  return {
    strategy,
    ...strategyArguments(root, criterion, strategy, problems),
    ...optional('accuracyAware', accuracyAwareOptions(tuning.section('strategy'), strategy, problems)),
    criterion: accuracyGoal(accuracyCriterionOf(root, problems), problems),
    objectives: objectivesOf(root, criterion, problems),
    timeoutS: exitPolicy.value('timeout') ?? criterion.value('timeout') ?? 0,
    maxTrials: exitPolicy.value('max_trials') ?? criterion.value('max_trials') ?? 100,
    performanceOnly: exitPolicy.value('performance_only') ?? false,
    randomSeed: tuning.value('random_seed') ?? 9527,
    ...optional('workspacePath', tuning.section('workspace').value('path')),
    diagnosisAfterTuning: isDiagnosed(root, problems),
  };
}

/** tuning_criterion, wherever it stands. */
function criterionOf(root: Root, problems: ProblemList): Criterion {
  const tuning = root.section('tuning');
  const quantization = root.section('quantization');
  reportRepeated(problems, tuning.find('tuning_criterion'), quantization.find('tuning_criterion'));
  const ofTuning = tuning.section('tuning_criterion');
  return ofTuning.isPresent ? ofTuning : quantization.section('tuning_criterion');
}

function accuracyCriterionOf(root: Root, problems: ProblemList): Parameters<typeof accuracyGoal>[0] {
  const tuning = root.section('tuning');
  const quantization = root.section('quantization');
  reportRepeated(problems, tuning.find('accuracy_criterion'), quantization.find('accuracy_criterion'));
  const ofTuning = tuning.section('accuracy_criterion');
  return ofTuning.isPresent ? ofTuning : quantization.section('accuracy_criterion');
}

/** The strategy that is named, or that the level of 2.x stands for. */
function strategyOf(root: Root, criterion: Criterion, problems: ProblemList): StrategyName {
  const tuning = root.section('tuning');
  const quantization = root.section('quantization');
  const strategy = tuning.section('strategy');
  reportRepeated(problems, strategy.find('name'), criterion.find('strategy'));
  reportRepeated(problems, tuning.find('quant_level'), quantization.find('quant_level'));
  const named = strategy.value('name') ?? criterion.value('strategy');
  const level = tuning.value('quant_level') ?? quantization.value('quant_level');
  if (level === undefined || level === '1') return named ?? (level === '1' ? 'basic' : 'auto');
  const ofLevel = level === '0' ? 'conservative' : 'auto';
  if (named !== undefined && named !== ofLevel) {
    const section = tuning.find('quant_level') === undefined ? quantization : tuning;
    const message = `quant_level ${level} is the strategy ${ofLevel}, but the strategy ${named} is named too.`;
    section.report(problems, 'quant_level', message, { expected: 'one of the two, or quant_level: 1' });
  }
  return ofLevel;
}

/** Arguments that only some strategies take; naming one for another strategy would do nothing. */
function strategyArguments(
  root: Root,
  criterion: Criterion,
  strategy: StrategyName,
  problems: ProblemList,
): Pick<TuningSection, 'accuracyWeight' | 'latencyWeight' | 'confidenceBatches'> {
  const section = root.section('tuning').section('strategy');
  const extra = criterion.section('strategy_kwargs');
  reportRepeated(problems, section.find('confidence_batches'), extra.find('confidence_batches'));
  const accuracyWeight = section.value('accuracy_weight') ?? 1;
  const latencyWeight = section.value('latency_weight') ?? 1;
  const confidenceBatches = section.value('confidence_batches') ?? extra.value('confidence_batches') ?? 2;
  const belongsTo = (key: string, owners: string): string =>
    `${key} is for ${owners}; ${strategy} does not look at it.`;
  if (strategy !== 'tpe') {
    const expected = 'the strategy tpe, or 1';
    if (accuracyWeight !== 1)
      section.report(problems, 'accuracy_weight', belongsTo('accuracy_weight', 'tpe'), { expected });
    if (latencyWeight !== 1)
      section.report(problems, 'latency_weight', belongsTo('latency_weight', 'tpe'), { expected });
  }
  if (confidenceBatches !== 2 && strategy !== 'mse_v2' && strategy !== 'hawq_v2') {
    const owner = section.find('confidence_batches') === undefined ? extra : section;
    const message = belongsTo('confidence_batches', 'mse_v2 and hawq_v2');
    owner.report(problems, 'confidence_batches', message, { expected: 'one of these strategies, or 2' });
  }
  return { accuracyWeight, latencyWeight, confidenceBatches };
}

function objectivesOf(root: Root, criterion: Criterion, problems: ProblemList): Objective[] {
  const tuning = root.section('tuning');
  const several = tuning.section('multi_objectives');
  const severalPlace = several.hasKeys ? tuning.find('multi_objectives') : undefined;
  reportRepeated(problems, severalPlace, tuning.find('objective'), criterion.find('objective'));
  if (several.hasKeys) return weightedObjectives(several, problems);
  return plainObjectives(tuning.value('objective') ?? criterion.value('objective'));
}

function isDiagnosed(root: Root, problems: ProblemList): boolean {
  const diagnosis = root.section('tuning').section('diagnosis');
  const quantization = root.section('quantization');
  reportRepeated(problems, diagnosis.find('diagnosis_after_tuning'), quantization.find('diagnosis'));
  return diagnosis.value('diagnosis_after_tuning') ?? quantization.value('diagnosis') ?? false;
}
