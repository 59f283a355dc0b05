// The environment a job process gets: what it cannot do without, and nothing that could leak into it or steer it.

/** Names, in capitals, that are handed on: where programs, libraries, temporary files and the home folder are; language. */
const handedOn: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'TMPDIR',
  'TMP',
  'TEMP',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'LD_LIBRARY_PATH',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'USERPROFILE',
  'LOCALAPPDATA',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
]);

/**
 * Marks a process as a job, so that jobs it forks join its process group and end with it: `own` at first, then the number
 * of the outermost job, which those it forks are told.
 */
const jobMark = 'COMPRESSOR_BENCH_JOB';
const ownMark = 'own';

/**
 * The environment of a process of the product: a short list of the parent's variables (no tokens, no NODE_OPTIONS), the
 * engine's telemetry off before it could load (RELIABILITY §2.4), and plain Node where the parent is Electron.
 */
export function plainEnvironment(parent: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(parent).filter(([name]) => handedOn.has(name.toUpperCase()));
  return { ...Object.fromEntries(kept), ORT_DISABLE_TELEMETRY: '1', ELECTRON_RUN_AS_NODE: '1' };
}

/** The environment of a job: the same, and the mark of one. */
export function jobEnvironment(parent: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...plainEnvironment(parent), [jobMark]: parent[jobMark] ?? ownMark };
}

/** Whether this process is a job itself. */
export function isInsideJob(): boolean {
  return process.env[jobMark] !== undefined;
}

/** Says so to jobs that this one will fork; false for a job that was forked by another one. */
export function becomeOutermostJob(): boolean {
  if (process.env[jobMark] !== ownMark) return false;
  process.env[jobMark] = String(process.pid);
  return true;
}

/** The process that this one works for: the outermost of jobs within jobs; itself where it is no job. */
export function outermostJobPid(): number {
  const pid = Number(process.env[jobMark]);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : process.pid;
}
