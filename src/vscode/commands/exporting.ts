// "Export model and report" for every result: into a new folder in one that the person chooses.
import { ProgressLocation, Uri, commands, window } from 'vscode';
import { exportMethod } from '../../protocol/exports';
import type { Services } from '../services';
import type { BenchmarkNode, ModelNode, OptimizationNode, ProfilingNode, SensitivityNode } from '../tree/nodes';
import { givenNode } from './given';
import type { Handlers } from './handler';
import { pickPart } from './pickParts';

type ExportedNode = ModelNode | OptimizationNode | BenchmarkNode | ProfilingNode | SensitivityNode;

/** Exports a result. @returns the new folder; undefined where the person gave up */
async function exportNode({ log }: Services, { bench, kind, facts }: ExportedNode): Promise<string | undefined> {
  const [target] =
    (await window.showOpenDialog({
      title: `Export "${facts.name}" into a New Folder in …`,
      openLabel: 'Export Here',
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: bench.folder.uri,
    })) ?? [];
  if (target === undefined) return undefined;
  const progress = { location: ProgressLocation.Notification, title: `Exporting "${facts.name}"`, cancellable: true };
  const { folder, files } = await window.withProgress(progress, (_, token) =>
    bench.ask(exportMethod, { kind, id: facts.id, folder: target.fsPath }, { token }),
  );
  log.info(`export: ${kind} ${facts.id} {folder=${folder} files=${files.join(',')}}`);
  void offerExport(Uri.file(folder));
  return folder;
}

/** The person chose where it goes, and may want to look at it. */
async function offerExport(folder: Uri): Promise<void> {
  const chosen = await window.showInformationMessage(`Exported to ${folder.fsPath}.`, 'Open Report', 'Reveal');
  if (chosen === 'Open Report')
    await commands.executeCommand('markdown.showPreview', Uri.joinPath(folder, 'report.md'));
  if (chosen === 'Reveal') await commands.executeCommand('revealFileInOS', folder);
}

export const exportHandlers: Handlers = {
  'model.export': async (services, given) => {
    const node = givenNode(given, 'model') ?? (await pickPart(services, 'model', { title: 'Export Model and Report' }));
    return node && exportNode(services, node);
  },
  'optimization.export': async (services, given) => {
    const node =
      givenNode(given, 'optimization') ??
      (await pickPart(services, 'optimization', {
        title: 'Export Optimized Model and Report',
        filter: ({ outcome, optimizedModelId }) => outcome !== null || optimizedModelId !== null,
        none: 'No optimization has a result yet.',
      }));
    return node && exportNode(services, node);
  },
  'benchmark.export': async (services, given) => {
    const node =
      givenNode(given, 'benchmark') ??
      (await pickPart(services, 'benchmark', {
        title: 'Export Report of Benchmark',
        filter: ({ accuracy, throughput }) => accuracy !== null || throughput !== null,
        none: 'No benchmark has a result yet.',
      }));
    return node && exportNode(services, node);
  },
  'profiling.export': async (services, given) => {
    const node =
      givenNode(given, 'profiling') ??
      (await pickPart(services, 'profiling', {
        title: 'Export Results of Profiling',
        filter: ({ inferenceUs }) => inferenceUs !== null,
        none: 'No profiling has a result yet.',
      }));
    return node && exportNode(services, node);
  },
  'sensitivity.export': async (services, given) => {
    const node =
      givenNode(given, 'sensitivity') ??
      (await pickPart(services, 'sensitivity', {
        title: 'Export Results of Sensitivity Analysis',
        filter: ({ layers, editedAt }) => layers !== null || editedAt !== null,
        none: 'No sensitivity analysis has a result yet.',
      }));
    return node && exportNode(services, node);
  },
};
