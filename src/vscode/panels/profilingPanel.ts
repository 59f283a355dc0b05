// The panel of a profiling: where the time of a model goes, by operator type and node, and beside another profiling.
import { profilingComparisonMethod, profilingReportMethod } from '../../protocol/panels/profiling';
import { readRecordSubject } from '../../protocol/panels/panel';
import type { RecordSubject } from '../../protocol/panels/panel';
import type { BenchConnection } from '../bench/benchConnection';
import { givenNode } from '../commands/given';
import { pickPart } from '../commands/pickParts';
import { registerCommand } from '../commands/registerCommand';
import type { Contribution } from '../contributions';
import { partNode, runOn, subjectOf } from './panelNodes';
import { answerReport, forwarding, servePage } from './panelPage';
import type { PanelActions } from './panelPage';
import type { PanelKind } from './panels';
import { saveAnswer } from './saveAnswer';

/** Times of one profiling. */
export const profilingPanel: PanelKind<RecordSubject> = {
  viewType: 'compressorBench.profiling',
  bundle: 'profiling',
  icon: 'flame',
  title: () => 'Profiling',
  readSubject: readRecordSubject,
  serve: (open) => {
    const { peer, bench } = open;
    const { id } = open.subject;
    answerReport(open, profilingReportMethod, ({ name }) => name);
    return servePage(
      {
        peer,
        bench,
        actions: actionsOf(bench, id),
        hears: (change) => change.kind === 'profiling' && change.id === id,
      },
      [forwarding(profilingComparisonMethod)],
    );
  },
};

function actionsOf(bench: BenchConnection, id: number): PanelActions {
  const on = (command: string) => async (): Promise<void> => runOn(command, await partNode(bench, 'profiling', id));
  return {
    run: on('profiling.run'),
    cancel: on('profiling.cancel'),
    openLog: on('profiling.openLog'),
    csv: () =>
      saveAnswer(bench, {
        path: 'profiling/results/csv',
        parameters: { id },
        title: 'Save Times by Operator Type',
        filters: { CSV: ['csv'] },
      }),
    trace: () =>
      saveAnswer(bench, {
        path: 'profiling/trace',
        parameters: { id },
        title: "Save the Engine's Record, for Viewers such as ui.perfetto.dev",
        filters: { JSON: ['json'] },
      }),
    graph: async () => {
      const { facts } = await partNode(bench, 'profiling', id);
      await runOn('model.openGraph', await partNode(bench, 'model', facts.modelId), { kind: 'time', id });
    },
  };
}

/** The panel, and the command that shows it. */
export const registerProfilingPanel: Contribution = (services) => {
  services.panels.register(profilingPanel);
  return registerCommand('profiling.show', async (given) => {
    const node = givenNode(given, 'profiling') ?? (await pickPart(services, 'profiling', { title: 'Show Profiling' }));
    if (node !== undefined) services.panels.show(profilingPanel, subjectOf(node));
  });
};
