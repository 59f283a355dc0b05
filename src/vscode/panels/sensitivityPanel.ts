// The panel of a sensitivity analysis: its questions go to the bench; recipes are saved, and models pruned by them, in the editor.
import { stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Disposable, Uri, tasks, window, workspace } from 'vscode';
import { partsMethod } from '../../protocol/facts';
import { panelChangedEvent, readRecordSubject } from '../../protocol/panels/panel';
import type { RecordSubject } from '../../protocol/panels/panel';
import {
  pruningRecipeMethod,
  readAllocationQuestion,
  sensitivityReportMethod,
  sparsityAllocationMethod,
} from '../../protocol/panels/sensitivity';
import type { RecipeText, SensitivityReport } from '../../protocol/panels/sensitivity';
import type { BenchConnection } from '../bench/benchConnection';
import { isTrusted } from '../commands/explaining';
import { givenNode } from '../commands/given';
import { pickPart } from '../commands/pickParts';
import { registerCommand } from '../commands/registerCommand';
import type { Contribution } from '../contributions';
import type { Disposes } from '../disposing';
import { ModelWatch } from '../editors/modelWatch';
import { taskOf, taskType } from '../tasks/benchTasks';
import { askPrunedModel } from '../tasks/prunedModel';
import type { TaskSettings } from '../tasks/taskCommand';
import { partNode, runOn, subjectOf } from './panelNodes';
import { answerReport, forwarding, servePage } from './panelPage';
import type { PanelActions } from './panelPage';
import type { PanelKind } from './panels';
import { saveAnswer, saveText } from './saveAnswer';

/** Curves of one analysis. @param cliPath the command line, which prunes */
export function sensitivityPanel(cliPath: string): PanelKind<RecordSubject> {
  return {
    viewType: 'compressorBench.sensitivity',
    bundle: 'sensitivity',
    icon: 'graph-scatter',
    title: () => 'Sensitivity',
    readSubject: readRecordSubject,
    serve: (open) => {
      const { peer, bench } = open;
      const { id } = open.subject;
      const watch = new WatchedModel(() => peer.emit(panelChangedEvent, null));
      answerReport(open, sensitivityReportMethod, ({ name, model }) => {
        watch.follow(model);
        return name;
      });
      const served = servePage(
        {
          peer,
          bench,
          actions: actionsOf(bench, id, cliPath),
          hears: (change) => change.kind === 'sensitivity' && change.id === id,
        },
        [forwarding(sparsityAllocationMethod)],
      );
      return Disposable.from(served, watch);
    },
  };
}

/** Tells when the model of the page vanishes, comes back, or is replaced by another: no record of the bench does then. */
class WatchedModel implements Disposes {
  private watch: ModelWatch | undefined;
  private isOpen = true;

  constructor(private readonly changed: () => void) {}

  /** An answer may still come when the panel is closed. */
  follow(model: SensitivityReport['model']): void {
    if (!this.isOpen || model?.path === this.watch?.path) return;
    this.watch?.dispose();
    this.watch = model === null ? undefined : new ModelWatch(model.path, this.changed);
  }

  dispose(): void {
    this.isOpen = false;
    this.watch?.dispose();
  }
}

function actionsOf(bench: BenchConnection, id: number, cliPath: string): PanelActions {
  const on = (command: string) => async (): Promise<void> => runOn(command, await partNode(bench, 'sensitivity', id));
  const recipeAt: RecipeAt = async (value, path) =>
    bench.ask(pruningRecipeMethod, { ...readAllocationQuestion(value), id, path });
  const modelPath = async (): Promise<string> => {
    const { facts } = await partNode(bench, 'sensitivity', id);
    return (await partNode(bench, 'model', facts.modelId)).facts.path;
  };
  return {
    run: on('sensitivity.run'),
    cancel: on('sensitivity.cancel'),
    openLog: on('sensitivity.openLog'),
    csv: () =>
      saveAnswer(bench, {
        path: 'sensitivity/results/csv',
        parameters: { id },
        title: 'Save Points of the Layers',
        filters: { CSV: ['csv'] },
      }),
    add: async (value) => {
      const { facts } = await partNode(bench, 'sensitivity', id);
      const { project } = await bench.ask(partsMethod, { id: facts.projectId });
      await runOn('sensitivity.new', { kind: 'project', bench, facts: project }, value === 'perf' ? 'perf' : 'loss');
    },
    graph: async () => {
      const { facts } = await partNode(bench, 'sensitivity', id);
      await runOn('model.openGraph', await partNode(bench, 'model', facts.modelId), { kind: 'sparsity', id: 0 });
    },
    saveRecipe: async (value) => {
      const path = await modelPath();
      if (!(await mayUse(path, recipeAt(value, path), 'Save Recipe Anyway'))) return;
      await saveText(bench, async (file) => (await recipeAt(value, file)).text, {
        name: recipeName(path),
        title: 'Save Pruning Recipe',
        filters: { 'Pruning Recipe': ['pruning.yaml', 'yaml'] },
      });
    },
    prune: async (value) => {
      if (!isTrusted()) return;
      const path = await modelPath();
      if (!(await mayUse(path, recipeAt(value, path), 'Prune Anyway'))) return;
      await prune(bench, path, (file) => recipeAt(value, file), cliPath);
    },
  };
}

/** What a page chose, as a recipe that is written to a path. */
type RecipeAt = (value: unknown, path: string) => Promise<RecipeText>;

/** Asks where the sparsities were found for another model than the one that they would be used on. */
async function mayUse(modelPath: string, recipe: Promise<RecipeText>, anyway: string): Promise<boolean> {
  if (!(await recipe).isModelChanged) return true;
  const message = `${basename(modelPath)} has changed since it was analysed. Use what was found on the new file?`;
  const detail = 'Its layers may bear other sparsities now. Run the analysis again to find out.';
  return (await window.showWarningMessage(message, { modal: true, detail }, anyway)) === anyway;
}

/** `model.onnx` → `model.pruning.yaml` */
function recipeName(modelPath: string): string {
  return `${basename(modelPath).replace(/\.onnx$/i, '')}.pruning.yaml`;
}

/** Asks where the model goes, puts the recipe beside it, and has it pruned in a terminal, where it can be cancelled. */
async function prune(
  bench: BenchConnection,
  modelPath: string,
  recipeAt: (path: string) => Promise<RecipeText>,
  cliPath: string,
): Promise<void> {
  const { folder } = bench;
  const name = `${basename(modelPath).replace(/\.onnx$/i, '')}.pruned.onnx`;
  const target = await askPrunedModel(modelPath, Uri.joinPath(folder.uri, name));
  if (target === undefined) return;
  const recipe = join(dirname(target.fsPath), recipeName(target.fsPath));
  if (!(await mayWrite(recipe))) return;
  const { text, datasetPath } = await recipeAt(recipe);
  await writeFile(recipe, text);
  const data = datasetPath === null ? {} : { data: datasetPath };
  const settings: TaskSettings = { verb: 'prune', model: modelPath, output: target.fsPath, recipe, ...data };
  const owner = workspace.getWorkspaceFolder(folder.uri);
  await tasks.executeTask(taskOf({ type: taskType, ...settings }, settings, owner, cliPath));
}

/** The dialog asked for the model alone: a recipe that is there already may be somebody's own. */
async function mayWrite(path: string): Promise<boolean> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return true;
  const replace = 'Replace';
  const detail = 'The recipe of the pruned model is kept beside it.';
  return (await window.showWarningMessage(`Replace ${basename(path)}?`, { modal: true, detail }, replace)) === replace;
}

/** The panel, and the command that shows it. */
export const registerSensitivityPanel: Contribution = (services) => {
  const panel = sensitivityPanel(join(services.context.extensionPath, 'dist', 'cli.js'));
  services.panels.register(panel);
  return registerCommand('sensitivity.show', async (given) => {
    const title = 'Show Sensitivity Analysis';
    const node = givenNode(given, 'sensitivity') ?? (await pickPart(services, 'sensitivity', { title }));
    if (node !== undefined) services.panels.show(panel, subjectOf(node));
  });
};
