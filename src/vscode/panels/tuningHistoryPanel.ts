// The panel of a tuning's history: its questions go to the bench, what its buttons want is done with the commands of the editor.
import { Disposable, Uri, commands } from 'vscode';
import type { RunChange } from '../../protocol/benchChannel';
import { idIn } from '../../protocol/methods';
import { readTuningSubject, trialSettingsMethod, tuningHistoryMethod } from '../../protocol/panels/tuningHistory';
import type { TuningHistoryReport, TuningSubject } from '../../protocol/panels/tuningHistory';
import { recordOf } from '../../protocol/rpcMessages';
import type { BenchConnection } from '../bench/benchConnection';
import { graphViewType } from '../editors/graphEditor';
import { givenNode } from '../commands/given';
import { pickPart } from '../commands/pickParts';
import { registerCommand } from '../commands/registerCommand';
import { showLog } from '../commands/readOnlyTexts';
import { cancelRun, startRuns } from '../commands/runs';
import type { Contribution } from '../contributions';
import type { OptimizationNode } from '../tree/nodes';
import { partNode, runOn, subjectOf } from './panelNodes';
import { answerReport, forwarding, servePage } from './panelPage';
import type { PanelActions } from './panelPage';
import type { PanelKind } from './panels';

/** Commands that the page's buttons run on its optimization. */
const ownCommands = ['run', 'cancel', 'openConfig', 'openLog', 'diagnose', 'export'] as const;

/** The history of one optimization, or of a config that belongs to none. */
export const tuningHistoryPanel: PanelKind<TuningSubject> = {
  viewType: 'compressorBench.tuningHistory',
  bundle: 'tuningHistory',
  icon: 'graph-line',
  title: () => 'Tuning History',
  readSubject: readTuningSubject,
  serve: (open) => {
    const { peer, bench, subject } = open;
    // A step of the walkthrough waits for it.
    void commands.executeCommand('setContext', 'compressorBench.historyIsShown', true);
    answerReport(open, tuningHistoryMethod, ({ name, prunes }) => `${name}: ${prunes ? 'Pruning' : 'Tuning History'}`);
    const isMeant = ({ kind, id }: RunChange): boolean =>
      'id' in subject ? kind === 'optimization' && id === subject.id : id === 0;
    const hears = (change: RunChange): boolean =>
      (change.type === 'trial' || change.type === 'progress') && isMeant(change);
    const actions = 'id' in subject ? recordActions(bench, subject.id) : configActions(bench, subject.config);
    return servePage({ peer, bench, actions, hears }, [forwarding(trialSettingsMethod)]);
  },
};

function recordActions(bench: BenchConnection, id: number): PanelActions {
  const node = (): Promise<OptimizationNode> => partNode(bench, 'optimization', id);
  const onModel =
    (command: string) =>
    async (value: unknown): Promise<void> => {
      const model = await partNode(bench, 'model', idIn(recordOf(value, 'the model'), 'id'));
      await runOn(command, model);
    };
  return {
    ...Object.fromEntries(ownCommands.map((name) => [name, async () => runOn(`optimization.${name}`, await node())])),
    resume: async () => startRuns([await node()], { mode: 'resume' }),
    useTrial: async (value) => {
      const trial = idIn(recordOf(value, 'the trial'), 'trial');
      await startRuns([await node()], { trial });
    },
    openGraph: onModel('model.openGraph'),
    compareGraph: onModel('model.compareGraph'),
    benchmark: onModel('model.benchmark'),
    focusBench: () => Promise.resolve(commands.executeCommand('compressorBench.bench.focus')),
  };
}

/** What can be done with a config that is a file of a person: its runs are in the queue, its models are files. */
function configActions(bench: BenchConnection, config: string): PanelActions {
  const report = (): Promise<TuningHistoryReport> => bench.ask(tuningHistoryMethod, { config });
  return {
    run: () => Promise.resolve(commands.executeCommand('compressorBench.config.run', Uri.file(config))),
    cancel: async () => {
      const { run } = await report();
      if (run !== null) await cancelRun(bench, run);
    },
    openConfig: () => Promise.resolve(commands.executeCommand('vscode.open', Uri.file(config))),
    openLog: async () => {
      const { run, name } = await report();
      if (run !== null) await showLog(run.folder, name);
    },
    openFile: async () => {
      const path = (await report()).result?.modelPath ?? null;
      if (path !== null) await commands.executeCommand('vscode.openWith', Uri.file(path), graphViewType);
    },
  };
}

/** The panel, and the commands that show it: of an optimization, and of the row of a tuning that belongs to none. */
export const registerTuningHistoryPanel: Contribution = (services) => {
  services.panels.register(tuningHistoryPanel);
  return Disposable.from(
    registerCommand('optimization.showHistory', async (given) => {
      const title = 'Show Tuning History';
      const node = givenNode(given, 'optimization') ?? (await pickPart(services, 'optimization', { title }));
      if (node !== undefined) services.panels.show(tuningHistoryPanel, subjectOf(node));
    }),
    registerCommand('job.showHistory', (given) => {
      const { bench, facts } = givenNode(given, 'job') ?? {};
      if (bench === undefined || facts === undefined || facts.configPath === null) return Promise.resolve();
      services.panels.show(tuningHistoryPanel, { bench: bench.folder.uri.toString(), config: facts.configPath });
      return Promise.resolve();
    }),
  );
};
