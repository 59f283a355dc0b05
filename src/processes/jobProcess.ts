// The operating system's side of a job: which program, environment, group and output its process gets.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileErrorOf, systemErrorCode } from '../files/fileErrors';
import { jobFiles } from '../protocol/jobChannel';
import type { JobLimits } from '../protocol/jobs';
import { affinityTool, cpuList } from './cpuAffinity';
import type { DetachedCommand } from './detachedProcess';
import { JobError, jobFailures } from './jobErrors';
import { isInsideJob, jobEnvironment } from './jobEnvironment';
import { forgetJob } from './neighbours';
import type { ProcessExit } from './jobOutcome';

export interface ProcessOptions {
  /** The bundle to run; absent: the running one inside a job, else `job.js` beside the running bundle. */
  readonly entryPath?: string;
  /** The Node to run it with; absent: the one running now. */
  readonly nodePath?: string;
  /** CPUs the process is bound to. Fails with `job-affinity` where `affinityTool()` finds no way. */
  readonly cpus?: readonly number[];
  /** What the job starts when it has lost its parent. */
  readonly successor?: DetachedCommand;
}

export interface JobChild {
  readonly child: ChildProcess;
  /** Resolves when the process is gone; rejects with JobError `job-start` when it could not be started. */
  readonly exited: Promise<ProcessExit>;
}

/** Forks the process of a job whose job.json is written. Both of its outputs go to output.log, which outlives us. */
export function startJobProcess(folder: string, limits: JobLimits, options: ProcessOptions): JobChild {
  const { program, programArguments } = programOf(limits, options);
  const outputPath = join(folder, jobFiles.output);
  const output = openOutput(outputPath);
  try {
    const successor = options.successor === undefined ? [] : [JSON.stringify(options.successor)];
    const child = fork(options.entryPath ?? defaultEntry(), [folder, ...successor], {
      cwd: folder,
      execPath: program,
      execArgv: programArguments,
      env: jobEnvironment(process.env),
      serialization: 'advanced',
      stdio: ['ignore', output, output, 'ipc'],
      detached: hasOwnGroup(),
    });
    return { child, exited: exitOf(child, program) };
  } finally {
    closeSync(output);
  }
}

function defaultEntry(): string {
  const running = process.argv[1];
  return isInsideJob() && running !== undefined ? running : join(__dirname, 'job.js');
}

/** Kills the process and everything it started, at once. Does nothing when all are gone. */
export function endProcessGroup({ pid }: { readonly pid?: number | undefined }): void {
  // No job has the first number of all, and the group -1 is every process of the user.
  if (pid === undefined || pid <= 1) return;
  try {
    process.kill(hasOwnGroup() ? -pid : pid, 'SIGKILL');
  } catch {
    // Gone, or (as macOS says it) only waiting to be noticed.
  }
}

/**
 * A job leads a process group, so that it and what it forks can be ended together; what a job forks stays in it.
 * Windows has no such groups (and would open a console window): there every job ends when its parent is gone.
 */
function hasOwnGroup(): boolean {
  return process.platform !== 'win32' && !isInsideJob();
}

function programOf(
  limits: JobLimits,
  { nodePath = process.execPath, cpus }: ProcessOptions,
): { program: string; programArguments: string[] } {
  // The watchdog's limit counts everything; V8's own, lower by default, must not strike first.
  const nodeArguments = [`--max-old-space-size=${Math.ceil(limits.memoryBytes / 2 ** 20)}`];
  if (cpus === undefined) return { program: nodePath, programArguments: nodeArguments };
  const tool = affinityTool();
  if (tool === undefined) throw new JobError(jobFailures.noAffinity());
  return { program: tool, programArguments: ['-c', cpuList(cpus), nodePath, ...nodeArguments] };
}

function openOutput(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (thrown) {
    throw fileErrorOf(thrown, path);
  }
}

function exitOf(child: ChildProcess, program: string): Promise<ProcessExit> {
  return new Promise((resolve, reject) => {
    child.once('exit', (exitCode, signal) => {
      if (child.pid !== undefined) forgetJob(child.pid);
      resolve({ exitCode, signal });
    });
    child.once('error', (thrown) => {
      const reason = systemErrorCode(thrown) ?? thrown.message;
      if (child.pid === undefined) reject(new JobError(jobFailures.cannotStart(program, reason), { cause: thrown }));
    });
  });
}
