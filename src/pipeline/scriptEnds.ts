// How a script ends besides at its last line: by an error that nothing awaits, by waiting for nothing, by process.exit.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { moduleFailure } from '../data/loaders/userModule';
import { touchHeartbeat } from '../processes/activity';
import { jobFiles } from '../protocol/jobChannel';
import type { JobOutcome, RunResult } from '../protocol/jobs';
import { ownError } from './ownError';
import { pipelineErrors } from './library/pipelineErrors';

const beatMs = 1_000;

/** Watched from its making to `stop`. */
export class ScriptEnds {
  /** Rejects with what ends the script early. */
  readonly early: Promise<never>;
  private readonly beat: NodeJS.Timeout;
  private fail: (reason: unknown) => void = () => undefined;

  /**
   * @param path of the script
   * @param folder of the job, for its result
   * @param resultOf the result of a script that ends its process; called in the last moment of that
   */
  constructor(
    private readonly path: string,
    private readonly folder: string,
    private readonly resultOf: (exitCode: number) => RunResult,
  ) {
    this.early = new Promise<never>((_resolve, reject) => (this.fail = reject));
    // Looked at in a race; between two races it must not count as unhandled.
    this.early.catch(() => undefined);
    // A script that waits for work of its own is alive; one in a loop that never pauses is not.
    this.beat = setInterval(touchHeartbeat, beatMs).unref();
    process.on('uncaughtException', this.onUncaught);
    process.once('beforeExit', this.onNothingLeft);
    process.once('exit', this.onExit);
    // The connection with the parent alone would keep a script waiting for ever.
    process.channel?.unref();
  }

  stop(): void {
    process.channel?.ref();
    clearInterval(this.beat);
    process.removeListener('uncaughtException', this.onUncaught);
    process.removeListener('beforeExit', this.onNothingLeft);
    process.removeListener('exit', this.onExit);
  }

  private readonly onUncaught = (thrown: unknown): void => {
    // A script that listens as well looks after its errors itself.
    if (process.listenerCount('uncaughtException') > 1) return;
    this.fail(moduleFailure(ownError(thrown, this.path), this.path, 'running'));
  };

  private readonly onNothingLeft = (): void => {
    process.channel?.ref();
    this.fail(pipelineErrors.scriptWaits(this.path));
  };

  private readonly onExit = (exitCode: number): void => {
    const outcome: JobOutcome<RunResult> = { state: 'success', result: this.resultOf(exitCode) };
    writeFileSync(join(this.folder, jobFiles.result), `${JSON.stringify(outcome, undefined, 2)}\n`);
  };
}

/** The exit code that a script has set; takes it back, for this process ends in its own way. */
export function takenExitCode(): number {
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return Number.isSafeInteger(code) ? code : 1;
}
