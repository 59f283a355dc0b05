// The options that say what an optimization does, and the parameters of a request that they make.
import { objectiveNames, strategyNames } from '../../config/tuningConfig';
import { optimizationTypes, precisions } from '../../dictionary/benchTerms';
import { targetSparsityType } from '../../dictionary/pruningRecipeKeys';
import type { OptionSpec, ParsedCommand } from '../options';
import { usageError } from '../usageError';
import { slugs, termOf } from './terms';

const typeNames = optimizationTypes.map(({ name }) => name);
const reachable = new Set<string>(optimizationTypes.flatMap((type) => type.precisions));
const precisionNames = precisions.map(({ name }) => name).filter((name) => reachable.has(name));

export const precisionOption: OptionSpec = {
  name: 'precision',
  type: 'text',
  choices: slugs(precisionNames),
  help: 'what the model becomes',
};

export const typeOption: OptionSpec = {
  name: 'type',
  type: 'text',
  choices: slugs(typeNames),
  help: 'what is done to the model',
};

const sizeOptions: readonly OptionSpec[] = [
  { name: 'batch', type: 'integer', value: 'N', minimum: 1, help: 'samples in one run while calibrating' },
  { name: 'samples', type: 'integer', value: 'N', minimum: 1, help: 'samples to calibrate with' },
];

const searchOptions: readonly OptionSpec[] = [
  { name: 'strategy', type: 'text', choices: strategyNames, help: 'how the best form of the model is searched for' },
  {
    name: 'objective',
    type: 'text',
    value: 'A,B',
    help: `what is to be better: ${objectiveNames.join(', ')}, or several of them`,
  },
  { name: 'max-drop', type: 'fraction', value: 'D', minimum: 0, help: 'accuracy that may be lost, of what there is' },
  {
    name: 'max-drop-absolute',
    type: 'number',
    value: 'D',
    minimum: 0,
    help: 'accuracy that may be lost, as it is counted',
  },
  { name: 'timeout', type: 'integer', value: 'S', minimum: 0, help: 'seconds of searching; 0: no limit' },
  { name: 'max-trials', type: 'integer', value: 'N', minimum: 1, help: 'trials at most' },
  {
    name: 'seed',
    type: 'integer',
    value: 'N',
    minimum: 0,
    help: 'begins the random numbers of the strategies that use them',
  },
];

export const sparsityOption: OptionSpec = {
  name: 'sparsity',
  type: 'fraction',
  value: 'S',
  ...{ minimum: targetSparsityType.minimum, maximum: targetSparsityType.maximum },
  help: 'of the type pruning: mean sparsity that is shared out among the layers',
};

/** Defaults of a new optimization that the command line sets itself; the bench has the others. */
const newDefaults: Readonly<Record<string, string>> = {
  strategy: 'auto',
  objective: 'performance',
  'max-drop': '1%',
  batch: '100',
  samples: '100',
  timeout: '0',
  'max-trials': '25',
  seed: '9527',
};

/** Options of `edit`, where what is left out stays. */
export const editOptions: readonly OptionSpec[] = [...sizeOptions, ...searchOptions];

/** Options of `add`, which have defaults. */
export const addOptions: readonly OptionSpec[] = editOptions.map((option) => {
  const defaultText = newDefaults[option.name];
  return defaultText === undefined ? option : { ...option, defaultText };
});

type Parameters = Readonly<Record<string, unknown>>;

/** `precision_id` and `optimization_type_id`; each follows from the other where only one is given. */
export function taskParameters(
  parsed: ParsedCommand,
): Parameters & { readonly searches: boolean; readonly prunes: boolean } {
  const type = termOf(parsed.text('type'), typeNames);
  const precision =
    termOf(parsed.text('precision'), precisionNames) ??
    optimizationTypes.find(({ name }) => name === type)?.precisions[0] ??
    'int8';
  const entry = optimizationTypes.find(({ name, precisions: leadsTo }) =>
    type === undefined ? leadsTo.some((one) => one === precision) : name === type,
  );
  return {
    precision_id: precisionId(precision),
    optimization_type_id: entry?.id,
    searches: entry?.name === 'Quantization',
    prunes: entry?.name === 'Pruning',
  };
}

/** Id of the precision of `--precision`; undefined when it was not given. */
export function precisionId(name: string | undefined): number | undefined {
  return precisions.find((precision) => precision.name === name)?.id;
}

/** `--precision` as the dictionary names it. */
export function precisionNameOf(parsed: ParsedCommand): string | undefined {
  return termOf(parsed.text('precision'), precisionNames);
}

export function sizeParameters(parsed: ParsedCommand): Parameters {
  return present({ batch_size: parsed.number('batch'), sampling_size: parsed.number('samples') });
}

/** How to search, by the names that `optimization/add` has for them. */
export function newSearchParameters(parsed: ParsedCommand): Parameters {
  const { strategy, multi_objectives: objective, ...others } = searchParameters(parsed);
  return present({
    tuning_strategy: strategy ?? newDefaults['strategy'],
    objective,
    accuracy_criterion_type: 'relative',
    accuracy_criterion_threshold: 0.01,
    ...others,
  });
}

/** The same by the names inside `tuning_details` of `optimization/edit`. */
export function searchParameters(parsed: ParsedCommand): Parameters {
  const exitPolicy = present({ timeout: parsed.number('timeout'), max_trials: parsed.number('max-trials') });
  return present({
    strategy: parsed.text('strategy'),
    multi_objectives: parsed.text('objective'),
    ...criterion(parsed),
    exit_policy: Object.keys(exitPolicy).length === 0 ? undefined : exitPolicy,
    random_seed: parsed.number('seed'),
  });
}

function criterion(parsed: ParsedCommand): Parameters {
  const relative = parsed.number('max-drop');
  const absolute = parsed.number('max-drop-absolute');
  if (relative !== undefined && absolute !== undefined) {
    throw usageError('Give --max-drop or --max-drop-absolute, not both.', parsed.spec.name);
  }
  if (relative !== undefined) return { accuracy_criterion_type: 'relative', accuracy_criterion_threshold: relative };
  if (absolute !== undefined) return { accuracy_criterion_type: 'absolute', accuracy_criterion_threshold: absolute };
  return {};
}

/** `pruning_details` where a sparsity is given; of no meaning for other types. */
export function pruningParameters(parsed: ParsedCommand, prunes: boolean): Parameters {
  const sparsity = parsed.number('sparsity');
  if (sparsity === undefined) return {};
  if (prunes) return { pruning_details: { target_sparsity: sparsity } };
  throw usageError('--sparsity is of the type pruning: add --type pruning.', parsed.spec.name);
}

/** Id of the type of `--type`; undefined when it was not given. */
export function typeId(parsed: ParsedCommand): number | undefined {
  const type = termOf(parsed.text('type'), typeNames);
  return optimizationTypes.find(({ name }) => name === type)?.id;
}

/** Options that say how to search mean nothing where nothing is searched for. */
export function refuseSearchOptions(parsed: ParsedCommand): void {
  const given = searchOptions.find(({ name }) => parsed.flag(name));
  if (given === undefined) return;
  throw usageError(`--${given.name} says how to search; only quantization searches.`, parsed.spec.name);
}

function present(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}
