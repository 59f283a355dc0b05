// What is made better: one objective, or several with weights and directions.
import { objectiveEntries } from '../../dictionary/objectives';
import type { searchKeys } from '../../dictionary/tuningKeys/searchKeys';
import type { CheckedSection } from '../checkedSection';
import type { ProblemList } from '../configProblem';
import type { Objective, ObjectiveName } from '../tuningConfig';

type Several = CheckedSection<(typeof searchKeys)['multi_objectives']['keys']>;

/** Objectives that count the same, each in its own direction. */
export function plainObjectives(names: readonly ObjectiveName[] | undefined): Objective[] {
  return [...new Set(names ?? ['performance' as const])].map((name) => ({
    name,
    weight: 1,
    higherIsBetter: isHigherBetter(name),
  }));
}

/** tuning.multi_objectives. */
export function weightedObjectives(several: Several, problems: ProblemList): Objective[] {
  const names = several.value('objective');
  if (several.find('objective') === undefined) {
    several.report(problems, 'objective', 'multi_objectives names no objective.', {
      expected: 'objective: [performance, …]',
    });
  }
  if (names === undefined) return plainObjectives(undefined);
  if (new Set(names).size !== names.length) {
    several.report(problems, 'objective', 'An objective is named twice.', { expected: 'each objective once' });
  }
  const weights = several.value('weight');
  const directions = several.value('higher_is_better');
  checkLength(several, 'weight', weights?.length, names.length, problems);
  checkLength(several, 'higher_is_better', directions?.length, names.length, problems);
  if (weights?.every((weight) => weight === 0) === true) {
    several.report(problems, 'weight', 'With weights of 0 nothing would be made better.', {
      expected: 'a weight above 0',
    });
  }
  return names.map((name, index) => ({
    name,
    weight: weights?.[index] ?? 1,
    higherIsBetter: directions?.[index] ?? isHigherBetter(name),
  }));
}

function checkLength(
  several: Several,
  key: 'weight' | 'higher_is_better',
  length: number | undefined,
  wanted: number,
  problems: ProblemList,
): void {
  if (length === undefined || length === wanted) return;
  const message = `${key} has ${count(length, 'value')} for ${count(wanted, 'objective')}.`;
  several.report(problems, key, message, { expected: 'one value for each objective' });
}

/** `1 value`, `2 values`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function isHigherBetter(name: ObjectiveName): boolean {
  return objectiveEntries.some((entry) => entry.name === name && entry.higherIsBetter);
}
