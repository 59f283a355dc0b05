// How a tuning ends: the winner is chosen and proved, and what is to be said about it is found out.
import type { JobContext } from '../../protocol/jobContext';
import type { StoppedBy } from '../../protocol/tuning';
import type { FloatModel } from '../floatModel';
import type { TuningRun } from '../tuningRun';
import type { TuningSession } from '../tuningSession';
import type { TuningWork } from '../work/tuningWork';
import { diagnoseWinner, whyNotFaster } from './trialDiagnosis';
import { chooseWinner, chosen, mostAccurate, withdraw } from './winner';
import type { Choice, Winner, WinnerParts } from './winner';

export interface Conclusion extends Choice {
  readonly stoppedBy: StoppedBy;
  /** Why 8 bits do not pay here, where nothing won. */
  readonly findings: readonly string[];
  /** Where more is to be read. */
  readonly notes: readonly string[];
}

/** What there is when the search is over. */
export interface EndedSearch<Config> {
  readonly session: TuningSession;
  readonly float: FloatModel;
  readonly work: TuningWork<Config>;
  readonly run: TuningRun<Config>;
  readonly stoppedBy: StoppedBy;
}

/**
 * @param context of the job: its folder is the run's
 * @param working the same, for files that nobody needs afterwards
 */
export async function conclude<Config>(
  search: EndedSearch<Config>,
  context: JobContext,
  working: JobContext,
): Promise<Conclusion> {
  const { stoppedBy, choice } = await settled(search, context, working);
  if (choice.winner === undefined) await withdraw(context.folder);
  const isStopped = stoppedBy === 'cancel';
  const explanation = isStopped ? unexplained : await explained(search, choice.winner, context, working);
  return { ...choice, ...explanation, stoppedBy };
}

/** The choice, and how the tuning ended: who stops the last checks gets the best model so far as it is. */
async function settled<Config>(
  search: EndedSearch<Config>,
  context: JobContext,
  working: JobContext,
): Promise<{ readonly choice: Choice; readonly stoppedBy: StoppedBy }> {
  const { stoppedBy } = search;
  try {
    return { choice: await choose(search, context, working), stoppedBy };
  } catch (thrown) {
    // Somebody who chose a trial and stops before it is made wants no other in its place.
    const isOver = stoppedBy === 'cancel' || stoppedBy === 'choice';
    if (!context.signal.aborted || isOver) throw thrown;
    return { choice: await choose({ ...search, stoppedBy: 'cancel' }, context, working), stoppedBy: 'cancel' };
  }
}

/** The best model that proves itself in a fresh process; the most accurate one where the goal was missed. */
async function choose<Config>(
  { session, float, work, run, stoppedBy }: EndedSearch<Config>,
  context: JobContext,
  working: JobContext,
): Promise<Choice> {
  const bench = float.bench(working);
  const fresh = float.fresh(working);
  const isStopped = stoppedBy === 'cancel';
  const parts: WinnerParts<Config> = {
    run,
    make: (id, trial) => bench.make(id, () => work.build(trial)),
    verify: (modelPath) => fresh.verify(modelPath),
    isFastEnough: (latency) => float.ranking.isFastEnough({ latency }),
    compare:
      float.ranking.looksAtSpeed && !isStopped
        ? (modelPaths) => fresh.compare(modelPaths, float.record.latencyMs)
        : undefined,
    keptOnly: isStopped,
  };
  const wanted = session.spec.chosenTrial;
  if (wanted !== undefined) return chosen(wanted, parts, context, (files) => bench.measure(files));
  const choice = await chooseWinner(parts, context);
  if (choice.winner !== undefined || isStopped || !run.isGoalMissed) return choice;
  const missed = await mostAccurate(parts, context, (files) => bench.measure(files));
  return { winner: missed.winner, reasons: [...choice.reasons, ...missed.reasons] };
}

type Explanation = Pick<Conclusion, 'findings' | 'notes'>;

const unexplained: Explanation = { findings: [], notes: [] };

/** What a diagnosis adds to the result; nothing when the person does not wait for it. */
async function explained<Config>(
  { session, work, run }: EndedSearch<Config>,
  winner: Winner | undefined,
  context: JobContext,
  working: JobContext,
): Promise<Explanation> {
  const { objectives, diagnosisAfterTuning } = session.config.tuning;
  const isAboutSpeed = objectives.some(({ name }) => name === 'performance');
  try {
    if (winner === undefined) {
      return isAboutSpeed ? { findings: await whyNotFaster(work, run, session, working), notes: [] } : unexplained;
    }
    if (!diagnosisAfterTuning) return unexplained;
    return { findings: [], notes: await diagnoseWinner(winner, session, context) };
  } catch (thrown) {
    if (!context.signal.aborted) throw thrown;
    return unexplained;
  }
}
