// Tasks of type `compressor-bench`: found in the workspace or written in tasks.json, run by the command line in a terminal.
import { join, resolve } from 'node:path';
import { ProcessExecution, RelativePattern, Task, TaskGroup, TaskScope, tasks, workspace } from 'vscode';
import type { TaskDefinition, WorkspaceFolder } from 'vscode';
import type { Contribution } from '../contributions';
import { benchSettings } from '../settings';
import { offeredTasks, pruningTasks, readTaskSettings, taskName, taskWords } from './taskCommand';
import type { TaskSettings } from './taskCommand';
import { wrongTask } from './wrongTask';

/** As the manifest has it. */
export const taskType = 'compressor-bench';

/** Problem matchers of the manifest: mistakes in configs, and other failures that name a place. */
const matchers = ['$compressor-bench', '$compressor-bench-place'];

/** Offered besides those of tasks.json; more would be a list nobody reads. */
const mostOffered = 20;

/** The tasks of the workspace. */
export const registerTasks: Contribution = ({ context, log }) => {
  const cliPath = join(context.extensionPath, 'dist', 'cli.js');
  return tasks.registerTaskProvider(taskType, {
    provideTasks: async () => {
      const found = await Promise.all((workspace.workspaceFolders ?? []).map((folder) => tasksIn(folder, cliPath)));
      return found.flat();
    },
    resolveTask: (task) => {
      const { definition, scope, name } = task;
      const settings = readTaskSettings(definition);
      if (typeof settings !== 'string') return taskOf(definition, settings, folderOf(scope), cliPath);
      log.warn(`tasks: ${name}: ${settings}`);
      return wrongTask(definition, task, settings);
    },
  });
};

/** A task that does what its settings say, in a terminal; to end it cancels the job. */
export function taskOf(
  definition: TaskDefinition,
  settings: TaskSettings,
  folder: WorkspaceFolder | undefined,
  cliPath: string,
): Task {
  const nodePath = (folder && benchSettings(folder).nodePath) ?? process.execPath;
  const words = [...taskWords(settings), ...(folder === undefined ? [] : queueWords(folder, settings))];
  const execution = new ProcessExecution(nodePath, [cliPath, ...words], {
    ...(folder === undefined ? {} : { cwd: folder.uri.fsPath }),
    // The editor's own program is plain Node with this; the engine's telemetry is off in whatever the task starts.
    env: { ELECTRON_RUN_AS_NODE: '1', ORT_DISABLE_TELEMETRY: '1' },
  });
  const name = taskName(settings);
  const task = new Task(definition, folder ?? TaskScope.Workspace, name, taskType, execution, matchers);
  task.detail = `compressor-bench ${taskWords(settings).join(' ')}`;
  task.presentationOptions = { clear: true };
  if (settings.verb === 'tune' || settings.verb === 'quantize') task.group = TaskGroup.Build;
  return task;
}

/** The job waits its turn in the bench of its folder, is listed there, and keeps to the limits that are set. */
function queueWords(folder: WorkspaceFolder, { verb, args = [] }: TaskSettings): readonly string[] {
  const { folder: place, limits } = benchSettings(folder);
  const { memoryBytes, timeoutMs, stallMs } = limits;
  // A tuning's time limit is that of its search, and stands in its config.
  const hasTimeout = timeoutMs !== undefined && verb !== 'tune';
  const option = (name: string, value: string): string[] => (args.includes(name) ? [] : [name, value]);
  return [
    // What goes on, or is kept elsewhere, does so at once.
    ...(args.includes('--resume') || args.includes('--workspace')
      ? []
      : option('--queue', resolve(folder.uri.fsPath, place))),
    ...(memoryBytes === undefined ? [] : option('--memory-limit', String(Math.ceil(memoryBytes / 2 ** 20)))),
    ...(hasTimeout ? option('--timeout', String(timeoutMs / 1000)) : []),
    ...(stallMs === undefined ? [] : option('--stall-limit', String(stallMs / 1000))),
  ];
}

/** The bench has a tree of its own: of its configs a few are offered, behind all others. */
const benchConfigs = '.compressor-bench/projects/*/optimizations/*/config.yaml';
const mostOfBench = 5;
const elsewhere = '**/{node_modules,.compressor-bench}/**';

/**
 * Configs are tuned, models profiled, benchmarked and quantized; with a data set beside them they are evaluated too, and
 * pruned by recipes that name them.
 */
async function tasksIn(folder: WorkspaceFolder, cliPath: string): Promise<Task[]> {
  if (folder.uri.scheme !== 'file') return [];
  const find = async (pattern: string, without: string | null, most = mostOffered): Promise<readonly string[]> => {
    const files = await workspace.findFiles(new RelativePattern(folder, pattern), without, most);
    return files.map((uri) => workspace.asRelativePath(uri, false)).sort();
  };
  const [configs, models, recipes, ofBench] = await Promise.all([
    find('**/*.bench.{yaml,yml}', elsewhere),
    find('**/*.onnx', elsewhere),
    find('**/*.pruning.{yaml,yml}', elsewhere),
    find(benchConfigs, null, mostOfBench),
  ]);
  return [...offeredTasks(configs, models), ...pruningTasks(recipes), ...offeredTasks(ofBench, [])].map((one) =>
    taskOf({ type: taskType, ...one }, one, folder, cliPath),
  );
}

function folderOf(scope: Task['scope']): WorkspaceFolder | undefined {
  return typeof scope === 'object' ? scope : workspace.workspaceFolders?.[0];
}
