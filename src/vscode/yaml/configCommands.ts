// Commands on a config: run it, check it, open the history of what it tuned.
import { basename, dirname, join, resolve } from 'node:path';
import { Disposable, Uri, commands, tasks, window, workspace } from 'vscode';
import type { TextDocument } from 'vscode';
import { recordOfConfig } from '../../config/configFileKind';
import type { ConfigFileKind } from '../../config/configFileKind';
import { partsMethod } from '../../protocol/facts';
import { tuneConfigMethod } from '../../protocol/runControl';
import { hasFolder, isTrusted } from '../commands/explaining';
import { registerCommand } from '../commands/registerCommand';
import { askForRun, startRuns } from '../commands/runs';
import type { Services } from '../services';
import { tuningHistoryPanel } from '../panels/tuningHistoryPanel';
import { taskOf, taskType } from '../tasks/benchTasks';
import { askPrunedModel } from '../tasks/prunedModel';
import { modelOfRecipe, prunedPath } from '../tasks/taskCommand';
import type { TaskSettings } from '../tasks/taskCommand';
import type { OptimizationNode } from '../tree/nodes';
import { iconless } from '../tree/rowFormat';
import type { LanguageHelp } from './languageHelp';
import { kindOfDocument } from './ownDocuments';

/** Registers the commands; each takes the URI of a config, or else the file of the active editor. */
export function registerConfigCommands(services: Services, help: LanguageHelp): Disposable {
  const register = (name: string, handle: (document: TextDocument) => Promise<void>): Disposable =>
    registerCommand(`config.${name}`, async ({ first }) => {
      const document = await documentOf(first);
      if (document !== undefined) await handle(document);
    });
  return Disposable.from(
    register('run', (document) => runConfig(services, help, document)),
    register('validate', (document) => validateConfig(help, document)),
    register('openHistory', (document) => openHistory(services, document)),
    register('prune', (document) => pruneByRecipe(services, help, document)),
  );
}

/** The config that is meant; says so where there is none. */
async function documentOf(given: unknown): Promise<TextDocument | undefined> {
  const uri = typeof given === 'string' ? Uri.parse(given) : given instanceof Uri ? given : undefined;
  const document = uri === undefined ? window.activeTextEditor?.document : await workspace.openTextDocument(uri);
  if (document !== undefined && kindOfDocument(document) !== undefined) return document;
  void window.showInformationMessage(
    'Open a config first: *.bench.yaml, *.pruning.yaml, config.yaml of a bench, or YAML with the line "# compressor-bench: tuning".',
  );
  return undefined;
}

/** It becomes a run in the queue, of the optimization that it belongs to or of itself. */
async function runConfig(services: Services, help: LanguageHelp, document: TextDocument): Promise<void> {
  if (!isTrusted() || !isTuning(document)) return;
  if (document.isDirty && !(await document.save())) return;
  if (!(await isWithoutMistakes(help, document))) return;
  const record = recordOfConfig(document.uri.fsPath);
  if (record?.kind === 'optimization') await startRuns([await optimizationOf(services, document)]);
  else if (record === undefined) await tuneFile(services, document);
  else void window.showInformationMessage(`This config is of a ${record.kind}; run it from the Bench view.`);
}

/** Whether a config can be run; shows its mistakes where it has some. */
async function isWithoutMistakes(help: LanguageHelp, document: TextDocument): Promise<boolean> {
  // Without help, whoever takes the run finds them.
  const result = await help.validate(document).catch(() => null);
  if (result === null || result.errors === 0) return true;
  await commands.executeCommand('workbench.actions.view.problems');
  const [them, name] = [result.errors === 1 ? 'it' : 'them', workspace.asRelativePath(document.uri)];
  void window.showErrorMessage(
    `${name} is not run: it has ${countText(result.errors, 'mistake')}. Correct ${them}; the view Problems says where.`,
  );
  return false;
}

/** Whether a file can be run and has a history; says what to do where it cannot. */
function isTuning(document: TextDocument): boolean {
  const reason = whyNotRun(kindOfDocument(document), recordOfConfig(document.uri.fsPath) !== undefined);
  if (reason !== undefined) {
    void window.showInformationMessage(reason);
    return false;
  }
  if (document.isUntitled) {
    void window.showInformationMessage('Save the config first: paths in it start from its folder.');
    return false;
  }
  return true;
}

/** In a sentence; undefined for what can be run. */
function whyNotRun(kind: ConfigFileKind | undefined, isOfRecord: boolean): string | undefined {
  if (kind === 'dataset') return 'This file describes data; a config with a model is what can be run.';
  if (kind !== 'pruning' || isOfRecord) return undefined;
  return 'A recipe does not say where the pruned model goes: "Prune by This Recipe" asks for it.';
}

/** Asks where the model goes, and has it pruned in a terminal, where it can be cancelled. */
async function pruneByRecipe({ context }: Services, help: LanguageHelp, document: TextDocument): Promise<void> {
  if (kindOfDocument(document) !== 'pruning' || document.isUntitled) {
    void window.showInformationMessage(
      'Open a recipe first, such as net.pruning.yaml: "Save Recipe" of a sensitivity analysis writes one.',
    );
    return;
  }
  if (!isTrusted() || (document.isDirty && !(await document.save()))) return;
  if (!(await isWithoutMistakes(help, document))) return;
  const { fsPath } = document.uri;
  const model = modelOfRecipe(document.getText());
  const target = await askPrunedModel(model && resolve(dirname(fsPath), model), Uri.file(prunedPath(fsPath)));
  if (target === undefined) return;
  const settings: TaskSettings = { verb: 'prune', recipe: fsPath, output: target.fsPath };
  const owner = workspace.getWorkspaceFolder(document.uri);
  const cliPath = join(context.extensionPath, 'dist', 'cli.js');
  await tasks.executeTask(taskOf({ type: taskType, ...settings }, settings, owner, cliPath));
}

/** The history is what there is to see of a config that belongs to no optimization. */
async function tuneFile({ benches, panels }: Services, { uri }: TextDocument): Promise<void> {
  const bench = benches.for(uri);
  if (bench === undefined || !hasFolder()) return;
  const name = basename(uri.fsPath);
  await askForRun({ bench, subject: `The tuning of ${name}`, name }, (requestId) =>
    bench.ask(tuneConfigMethod, { path: uri.fsPath, requestId }),
  );
  bench.tellRecordsChanged();
  panels.show(tuningHistoryPanel, { bench: bench.folder.uri.toString(), config: uri.fsPath });
}

async function validateConfig(help: LanguageHelp, document: TextDocument): Promise<void> {
  const result = await help.validate(document);
  if (result === null) return;
  const name = workspace.asRelativePath(document.uri);
  if (result.errors + result.warnings === 0) {
    window.setStatusBarMessage(`$(check) ${iconless(name)} is valid`, 8_000);
    void window.showInformationMessage(`${name} is valid.`);
    return;
  }
  await commands.executeCommand('workbench.actions.view.problems');
  const text = `${name} has ${countText(result.errors, 'mistake')}${warningText(result.warnings)}.`;
  if (result.errors > 0) void window.showWarningMessage(text);
  else void window.showInformationMessage(`${name} is valid, with ${countText(result.warnings, 'warning')}.`);
}

function warningText(count: number): string {
  return count === 0 ? '' : ` and ${countText(count, 'warning')}`;
}

function countText(count: number, noun: string): string {
  return count === 1 ? `one ${noun}` : `${count} ${noun}s`;
}

async function openHistory(services: Services, document: TextDocument): Promise<void> {
  if (!isTuning(document)) return;
  const record = recordOfConfig(document.uri.fsPath);
  if (record?.kind === 'optimization') {
    const node = await optimizationOf(services, document);
    await commands.executeCommand('compressorBench.optimization.showHistory', node);
  } else if (record === undefined) {
    const bench = services.benches.for(document.uri);
    if (bench === undefined || !hasFolder()) return;
    services.panels.show(tuningHistoryPanel, { bench: bench.folder.uri.toString(), config: document.uri.fsPath });
  } else void window.showInformationMessage(`This config is of a ${record.kind}, which has no history.`);
}

/** The optimization of the bench that a config belongs to. */
async function optimizationOf({ benches }: Services, { uri }: TextDocument): Promise<OptimizationNode> {
  const record = recordOfConfig(uri.fsPath);
  const bench = benches.all.find(({ place }) => uri.fsPath.startsWith(join(place.workspace, '.compressor-bench')));
  if (record === undefined || bench === undefined) {
    throw new Error(`${uri.fsPath} lies in no bench that is open in this window. Open the folder of the bench.`);
  }
  const { optimizations } = await bench.ask(partsMethod, { id: record.projectId });
  const facts = optimizations.find(({ id }) => id === record.id);
  if (facts === undefined) throw new Error(`There is no optimization ${record.id} in the bench any more.`);
  return { kind: 'optimization', bench, facts };
}
