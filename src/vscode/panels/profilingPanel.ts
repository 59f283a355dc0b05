// The panel of a profiling: where the time of a model goes, by operator type and node, and beside another profiling.
import { Disposable, commands } from 'vscode';
import { profilingComparisonMethod, profilingReportMethod } from '../../protocol/panels/profiling';
import { readRecordSubject } from '../../protocol/panels/panel';
import type { RecordSubject } from '../../protocol/panels/panel';
import type { BenchConnection } from '../bench/benchConnection';
import { givenNode, givenOf } from '../commands/given';
import { pickProfiling } from '../commands/pickParts';
import type { Contribution } from '../contributions';
import { showThrown } from '../failures';
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
      if (!('modelId' in facts)) return;
      await runOn('model.openGraph', await partNode(bench, 'model', facts.modelId), { kind: 'time', id });
    },
  };
}

export const registerProfilingPanel: Contribution = (services) => {
  services.panels.register(profilingPanel);
  return Disposable.from(
    commands.registerCommand('compressorBench.profiling.show', async (...words: readonly unknown[]) => {
      try {
        const node =
          givenNode(givenOf(words), 'profiling') ?? (await pickProfiling(services, { title: 'Show Profiling' }));
        if (node !== undefined) services.panels.show(profilingPanel, subjectOf(node));
      } catch (thrown) {
        void showThrown(thrown);
      }
    }),
  );
};
