// The accuracy goal: relative or absolute, in the words of 1.x or of 2.x.
import type { accuracyCriterionKey } from '../../dictionary/tuningKeys/goalKeys';
import type { CheckedSection } from '../checkedSection';
import type { ProblemList } from '../configProblem';
import type { AccuracyCriterion } from '../tuningConfig';
import { optional } from './optional';

type Criterion = CheckedSection<(typeof accuracyCriterionKey)['keys']>;

const defaultTolerance = 0.01;

/** @param criterion the section of the config that is there, or an empty one */
export function accuracyGoal(criterion: Criterion, problems: ProblemList): AccuracyCriterion {
  const isOld = criterion.find('relative') !== undefined || criterion.find('absolute') !== undefined;
  const newKey = (['criterion', 'tolerable_loss'] as const).find((key) => criterion.find(key) !== undefined);
  if (isOld && newKey !== undefined) {
    const message = `${newKey} is how 2.x names the goal; it cannot stand beside relative or absolute.`;
    criterion.report(problems, newKey, message, {
      expected: 'either relative or absolute, or criterion and tolerable_loss',
    });
  }
  const goal = newKey !== undefined && !isOld ? newGoal(criterion, problems) : oldGoal(criterion, problems);
  return { ...goal, ...optional('higherIsBetter', criterion.value('higher_is_better')) };
}

function oldGoal(criterion: Criterion, problems: ProblemList): AccuracyCriterion {
  const relative = criterion.value('relative');
  const absolute = criterion.value('absolute');
  const expected = 'exactly one of relative and absolute';
  if (criterion.find('relative') !== undefined && criterion.find('absolute') !== undefined) {
    const message = 'The goal is both relative and absolute; only one of the two can be kept to.';
    criterion.report(problems, 'absolute', message, { expected });
  }
  if (criterion.isPresent && criterion.find('relative') === undefined && criterion.find('absolute') === undefined) {
    const { path, position } = criterion.place;
    problems.add(path, position, 'The goal is missing: neither relative nor absolute is there.', { expected });
  }
  if (absolute === undefined) return { kind: 'relative', tolerance: relative ?? defaultTolerance };
  checkAbsolute(criterion, 'absolute', absolute, problems);
  return { kind: 'absolute', tolerance: absolute };
}

function newGoal(criterion: Criterion, problems: ProblemList): AccuracyCriterion {
  const kind = criterion.value('criterion') ?? 'relative';
  const tolerance = criterion.value('tolerable_loss') ?? defaultTolerance;
  if (kind === 'absolute') {
    checkAbsolute(criterion, 'tolerable_loss', tolerance, problems);
  } else if (tolerance <= -1 || tolerance >= 1) {
    criterion.report(problems, 'tolerable_loss', `tolerable_loss cannot be ${tolerance}.`, {
      expected: 'a relative loss between -1 and 1, such as 0.01 or 1%',
    });
  }
  return { kind, tolerance };
}

function checkAbsolute(
  criterion: Criterion,
  key: 'absolute' | 'tolerable_loss',
  tolerance: number,
  problems: ProblemList,
): void {
  if (tolerance >= 0) return;
  criterion.report(
    problems,
    key,
    `${key} cannot be ${tolerance}: an absolute loss is a difference to the float model.`,
    {
      expected: 'a number of at least 0',
    },
  );
}
