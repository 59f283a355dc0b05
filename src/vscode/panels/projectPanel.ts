// The panel of a project: its facts, its notes, and all that is in it, each with its key figures and a way to its own panel.
import { Uri, commands } from 'vscode';
import { partsMethod } from '../../protocol/facts';
import type { ProjectFacts } from '../../protocol/facts';
import { readRecordSubject } from '../../protocol/panels/panel';
import type { RecordSubject } from '../../protocol/panels/panel';
import { saveNotesMethod } from '../../protocol/panels/project';
import type { BenchConnection } from '../bench/benchConnection';
import { givenNode } from '../commands/given';
import { pickProject } from '../commands/pickProject';
import { registerCommand } from '../commands/registerCommand';
import type { Contribution } from '../contributions';
import { openCommands } from '../tree/openRow';
import { partIn, partNode, runOn, subjectOf } from './panelNodes';
import { answerReport, servePage } from './panelPage';
import type { PanelActions } from './panelPage';
import type { PanelKind } from './panels';

/** A project at a glance. */
export const projectPanel: PanelKind<RecordSubject> = {
  viewType: 'compressorBench.project',
  bundle: 'project',
  icon: 'project',
  title: () => 'Project',
  readSubject: readRecordSubject,
  serve: (open) => {
    const { peer, bench } = open;
    const { id } = open.subject;
    answerReport(open, partsMethod, ({ project }) => project.name);
    peer.handle(saveNotesMethod, async (edit) => {
      const answer = await bench.ask(saveNotesMethod, edit);
      bench.tellRecordsChanged();
      return answer;
    });
    return servePage({ peer, bench, actions: actionsOf(bench, id) }, []);
  },
};

function actionsOf(bench: BenchConnection, id: number): PanelActions {
  const project = async () => {
    const facts: ProjectFacts = (await bench.ask(partsMethod, { id })).project;
    return { kind: 'project', bench, facts } as const;
  };
  return {
    open: async (value) => {
      const { kind, id: partId } = partIn(value);
      const node = await partNode(bench, kind, partId);
      await runOn(openCommands[kind], node);
    },
    add: async (value) => {
      if (
        typeof value !== 'string' ||
        !['dataset', 'optimization', 'benchmark', 'profiling', 'sensitivity'].includes(value)
      )
        return;
      await runOn(`${value}.new`, await project());
    },
    delete: async () => runOn('project.delete', await project()),
    reveal: async () => {
      const { models } = await bench.ask(partsMethod, { id });
      const input = models.find(({ madeByOptimizationId }) => madeByOptimizationId === null);
      if (input !== undefined) await commands.executeCommand('revealInExplorer', Uri.file(input.path));
    },
  };
}

/** The panel, and the command that shows it. */
export const registerProjectPanel: Contribution = (services) => {
  services.panels.register(projectPanel);
  return registerCommand('project.show', async (given) => {
    const node = givenNode(given, 'project') ?? (await pickProject(services, { title: 'Show Project' }));
    if (node !== undefined) services.panels.show(projectPanel, subjectOf(node));
  });
};
