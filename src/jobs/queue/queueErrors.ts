// Every refusal and failure of the queue, made in one place.
import { BenchError } from '../../protocol/benchError';
import type { FailureRecord } from '../../protocol/benchError';
import type { RunSubject } from '../runQueue';

/** An error of the queue. `code` starts with `queue-`. */
export class QueueError extends BenchError {
  override readonly name = 'QueueError';
}

/** One factory per refusal. */
export const queueErrors = {
  alreadyQueued: ({ kind, id }: RunSubject): QueueError =>
    new QueueError({
      code: 'queue-already',
      message: `The ${kind} ${id} is waiting or running already.`,
      nextStep: 'Wait until it has ended, or cancel it.',
    }),
  outside: (folder: string, benchFolder: string): QueueError =>
    new QueueError({
      code: 'queue-outside',
      message: `The folder of a run has to lie in the bench folder ${benchFolder}, and ${folder} does not.`,
      place: folder,
    }),
  cannotStart: (entryPath: string, reason: string): QueueError =>
    new QueueError({
      code: 'queue-start',
      message: `The process that works the queue could not be started with ${entryPath}: ${reason}.`,
      place: entryPath,
      nextStep: 'Check that this file exists and may be read; what waits is kept and goes on when it can be started.',
    }),
  lookingOnly: (): QueueError =>
    new QueueError({
      code: 'queue-looking-only',
      message: 'This bench is open for looking only: nothing is run in it, and nothing is stopped.',
      nextStep: 'In the editor, trust the workspace first.',
    }),
  closed: (): QueueError =>
    new QueueError({ code: 'queue-closed', message: 'The queue was closed while it was waited for.' }),
  noRun: (folder: string): QueueError =>
    new QueueError({
      code: 'queue-no-run',
      message: `There is no record of a run in ${folder}.`,
      place: folder,
      nextStep: 'It was deleted meanwhile; run it again if it is still wanted.',
    }),
};

/** One maker per end that a run did not bring about itself. */
export const queueFailures = {
  unfinished: (times: number): FailureRecord => ({
    code: 'queue-unfinished',
    message: `The job ended, but its result could not be taken into the bench: the process that does it ended ${times} times.`,
    nextStep: 'Its files are in the folder of the run; queue/queue.log in the bench folder may say why.',
  }),
  scriptFailed: (exitCode: number): FailureRecord => ({
    code: 'script-exit-code',
    message: `The script ended with the exit code ${exitCode}.`,
    nextStep: 'Its log says what it printed; 0 is the code of a script that has done its work.',
  }),
  notTaken: (reason: FailureRecord): FailureRecord => ({
    code: reason.code,
    message: `The job ended, but its result could not be taken into the bench: ${reason.message}`,
    ...(reason.place === undefined ? {} : { place: reason.place }),
    nextStep: `${reason.nextStep ?? 'Its files are in the folder of the run.'} Then run it again.`,
  }),
};
