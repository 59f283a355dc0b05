// What a job tells the library inside the script it runs. They are two bundles in one process, which share its environment.

const variable = 'COMPRESSOR_BENCH_SCRIPT_JOB';

export interface ScriptJob {
  /** Of the job: what is left there goes with it, however the script ends. */
  readonly folder: string;
  /** How long the job may be without progress. */
  readonly stallMs: number;
}

/** Called once, before the script begins. */
export function tellScript(job: ScriptJob): void {
  process.env[variable] = JSON.stringify(job);
}

/** The job this process runs a script for; undefined outside of one. */
export function scriptJob(): ScriptJob | undefined {
  const text = process.env[variable];
  return text === undefined ? undefined : (JSON.parse(text) as ScriptJob);
}
