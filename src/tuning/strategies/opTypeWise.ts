// The product over op types: every op of a type has the same options (SYSTEMS §3.1, OpTypeWise).
import type { OpConfig, StrategyContext, TrialConfig, TrialRequest } from '../contracts';
import { differenceText } from './changes';
import type { OpChoices, QuantizedForm, StaticForm } from './choices';
import { withForms } from './choices';
import { pointsInOrder } from './points';

/** Forms of the ops of one type and mode, chosen together. */
type Assignment = ReadonlyMap<string, OpConfig>;

/**
 * Every combination over the pairs of op type and mode, the first pair varying slowest; each op in the mode it starts
 * in. An op that lacks a combination keeps its first form. The first request is the start configuration.
 *
 * @param base gives everything but the ops' forms.
 */
export function* opTypeWise(
  { space }: StrategyContext,
  choices: readonly OpChoices[],
  base: TrialConfig,
): Generator<TrialRequest> {
  const groups = new Map<string, OpChoices[]>();
  for (const choice of choices) {
    const key = `${choice.first.mode} ${choice.opType}`;
    groups.set(key, [...(groups.get(key) ?? []), choice]);
  }
  const assignments = [...groups.values()].map(assignmentsOf);
  const start = withForms(space, base, new Map(choices.map(({ node, first }) => [node, first])));
  for (const point of pointsInOrder(assignments.map(({ length }) => length))) {
    const forms = assignments.flatMap((options, group) => [...(options[point[group] ?? 0] ?? [])]);
    const config = withForms(space, base, new Map(forms));
    yield { config, change: differenceText(space, start, config) };
  }
}

/** What the ops of one group can be together, in product order: scheme, algorithm, granularity, the last varies fastest. */
function assignmentsOf(group: readonly OpChoices[]): readonly Assignment[] {
  const forms = group.flatMap(({ ofFirstMode }) => ofFirstMode);
  const found = new Map<string, Assignment>();
  for (const wanted of combinationsOf(forms)) {
    const assignment = new Map(
      group.map(({ node, ofFirstMode, first }) => [node, ofFirstMode.find((form) => isSame(form, wanted)) ?? first]),
    );
    // Combinations that no op has end in the same forms; each set is tried once.
    const key = JSON.stringify([...assignment.values()]);
    if (!found.has(key)) found.set(key, assignment);
  }
  return [...found.values()];
}

/** The product of the options that occur, each in the order of its first occurrence. */
function combinationsOf(forms: readonly QuantizedForm[]): readonly QuantizedForm[] {
  const granularities = [...new Set(forms.map(({ weightGranularity }) => weightGranularity))];
  const statics = forms.filter((form): form is StaticForm => form.mode === 'static');
  if (statics.length === 0) return granularities.map((weightGranularity) => ({ mode: 'dynamic', weightGranularity }));
  const schemes = [...new Set(statics.map(({ activationScheme }) => activationScheme))];
  const algorithms = [...new Set(statics.map(({ activationAlgorithm }) => activationAlgorithm))];
  return schemes.flatMap((activationScheme) =>
    algorithms.flatMap((activationAlgorithm) =>
      granularities.map((weightGranularity) => ({
        mode: 'static' as const,
        activationScheme,
        activationAlgorithm,
        weightGranularity,
      })),
    ),
  );
}

function isSame(one: QuantizedForm, other: QuantizedForm): boolean {
  if (one.weightGranularity !== other.weightGranularity) return false;
  if (one.mode === 'dynamic' || other.mode === 'dynamic') return one.mode === other.mode;
  return one.activationScheme === other.activationScheme && one.activationAlgorithm === other.activationAlgorithm;
}
