// The settings of the extension, read where they are used, never kept.
import { env, workspace } from 'vscode';
import type { Command, ConfigurationScope, WorkspaceFolder } from 'vscode';
import type { JobLimits } from '../protocol/jobs';

/** Where the bench of a folder is, and how its jobs run. */
export interface BenchSettings {
  /** Folder that holds `.compressor-bench`, relative to the workspace folder. */
  readonly folder: string;
  /** A Node to run jobs with; undefined: the editor's own. */
  readonly nodePath: string | undefined;
  /** What jobs may use; what is absent has its default. */
  readonly limits: Partial<JobLimits>;
}

/** Settings that the process of a bench is started with: after a change another one is started. */
export const benchProcessSettings = [
  'compressorBench.bench.folder',
  'compressorBench.job.nodePath',
  'compressorBench.job.memoryLimitMB',
  'compressorBench.job.timeLimitMinutes',
  'compressorBench.job.stallLimitSeconds',
] as const;

/** Settings of the bench of a workspace folder. */
export function benchSettings(folder: WorkspaceFolder): BenchSettings {
  const settings = settingsFor(folder.uri);
  const nodePath = settings.get<string>('job.nodePath', '');
  return {
    folder: settings.get<string>('bench.folder', '.'),
    nodePath: nodePath === '' ? undefined : nodePath,
    limits: limitsOf({
      memoryMB: settings.get<number>('job.memoryLimitMB', 0),
      minutes: settings.get<number>('job.timeLimitMinutes', 0),
      stallSeconds: settings.get<number>('job.stallLimitSeconds', 0),
    }),
  };
}

interface LimitSettings {
  readonly memoryMB: number;
  readonly minutes: number;
  readonly stallSeconds: number;
}

/** 0 is "the default". */
function limitsOf({ memoryMB, minutes, stallSeconds }: LimitSettings): Partial<JobLimits> {
  return {
    ...(memoryMB > 0 ? { memoryBytes: Math.round(memoryMB * 2 ** 20) } : {}),
    ...(minutes > 0 ? { timeoutMs: Math.round(minutes * 60_000) } : {}),
    ...(stallSeconds > 0 ? { stallMs: Math.round(stallSeconds * 1000) } : {}),
  };
}

/** Threads that new benchmarks and profilings measure with; undefined: what the bench takes by itself. */
export function defaultThreads(folder: WorkspaceFolder): number | undefined {
  const threads = settingsFor(folder.uri).get<number>('job.threads', 0);
  return Number.isSafeInteger(threads) && threads > 0 ? threads : undefined;
}

/** What becomes of something new that can run. */
export type RunNew = 'ask' | 'always' | 'never';

/** As it is set for a folder; in folders that are not trusted nothing is run, so nobody is asked. */
export function runNew(folder: WorkspaceFolder): RunNew {
  if (!workspace.isTrusted) return 'never';
  return settingsFor(folder.uri).get<RunNew>('queue.runNew', 'ask');
}

/** Ends of runs, asked for in this window, that are told by a notification. */
export type ToldEnds = 'failure' | 'always' | 'never';

/** As it is set for a folder. */
export function toldEnds(folder: WorkspaceFolder): ToldEnds {
  return settingsFor(folder.uri).get<ToldEnds>('queue.notify', 'failure');
}

/** The command that shows a setting where it is set: those of the workspace are on another page. */
export function openSettingCommand(setting: string): Command {
  const set = workspace.getConfiguration().inspect(setting);
  const isOfWorkspace = set?.workspaceValue !== undefined || set?.workspaceFolderValue !== undefined;
  // Settings of a machine stand with those of the machine that the editor is connected to.
  const ofPerson = env.remoteName === undefined ? 'openSettings' : 'openRemoteSettings';
  const page = isOfWorkspace || set?.globalValue === undefined ? 'openWorkspaceSettings' : ofPerson;
  return { title: 'Open Setting', command: `workbench.action.${page}`, arguments: [{ query: setting }] };
}

function settingsFor(scope: ConfigurationScope): ReturnType<typeof workspace.getConfiguration> {
  return workspace.getConfiguration('compressorBench', scope);
}
