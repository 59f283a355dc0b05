// The panel of a diagnosis: where a quantized model loses accuracy and time, and another optimization that keeps operators float.
import { window, workspace } from 'vscode';
import {
  cancelDiagnosisMethod,
  diagnosisHistogramsMethod,
  diagnosisReportMethod,
  startDiagnosisMethod,
} from '../../protocol/panels/diagnosis';
import { textIn } from '../../protocol/methods';
import { readRecordSubject } from '../../protocol/panels/panel';
import type { RecordSubject } from '../../protocol/panels/panel';
import { recordOf } from '../../protocol/rpcMessages';
import type { BenchConnection } from '../bench/benchConnection';
import { isTrusted } from '../commands/explaining';
import { givenNode } from '../commands/given';
import { pickPart } from '../commands/pickParts';
import { nameProblem } from '../commands/questions';
import { enterText } from '../commands/quickInputs';
import { registerCommand } from '../commands/registerCommand';
import { freeName } from '../commands/requests';
import { back } from '../commands/steps';
import type { Contribution } from '../contributions';
import { showThrown } from '../failures';
import { partNode, runOn, subjectOf } from './panelNodes';
import { answerReport, forwarding, servePage } from './panelPage';
import type { PanelActions } from './panelPage';
import type { PanelKind } from './panels';

/** What a diagnosis of an optimization found. */
export const diagnosisPanel: PanelKind<RecordSubject> = {
  viewType: 'compressorBench.diagnosis',
  bundle: 'diagnosis',
  icon: 'pulse',
  title: () => 'Diagnosis',
  readSubject: readRecordSubject,
  serve: (open) => {
    const { peer, bench } = open;
    const { id } = open.subject;
    let int8Id: number | undefined;
    answerReport(open, diagnosisReportMethod, ({ name, int8Model }) => {
      int8Id = int8Model?.id;
      return `Diagnosis of ${name}`;
    });
    return servePage(
      {
        peer,
        bench,
        actions: actionsOf(bench, id),
        // A diagnosis belongs to the model it is of.
        hears: (change) => change.kind === 'diagnosis' && change.id === int8Id,
      },
      [forwarding(diagnosisHistogramsMethod)],
    );
  },
};

function actionsOf(bench: BenchConnection, id: number): PanelActions {
  return {
    start: async () => {
      if (isTrusted()) await bench.ask(startDiagnosisMethod, { id }).finally(() => bench.tellRecordsChanged());
    },
    cancel: async () => {
      await bench.ask(cancelDiagnosisMethod, { id }).finally(() => bench.tellRecordsChanged());
    },
    runOptimization: async () => runOn('optimization.run', await partNode(bench, 'optimization', id)),
    graph: async () => {
      const { facts } = await partNode(bench, 'optimization', id);
      if (facts.optimizedModelId === null) return;
      await runOn('model.openGraph', await partNode(bench, 'model', facts.optimizedModelId), { kind: 'error', id });
    },
    generate: (value) => generate(bench, id, value),
  };
}

/** Adds an optimization that treats some operators, or all, otherwise; then offers to run it. */
async function generate(bench: BenchConnection, id: number, value: unknown): Promise<void> {
  const fields = recordOf(value, 'what is to be different');
  const report = await bench.ask(diagnosisReportMethod, { id });
  const opWise = keptFloat(fields['nodes']);
  const modelWise = fields['settings'] === undefined ? {} : recordOf(fields['settings'], 'the settings');
  const name = await enterText(
    { title: 'New Optimization' },
    {
      prompt: 'Name of the new optimization: as this one, but with these choices',
      value: freeName(report.name, report.takenNames, { suffix: textIn(fields, 'suffix', 30) }),
      validate: (text) =>
        report.takenNames.includes(text) ? 'Another optimization of the project has this name.' : nameProblem(text),
    },
  );
  if (name === undefined || name === back) return;
  const made = await bench.change('diagnosis/generate_optimization', {
    project_id: report.projectId,
    optimization_id: id,
    optimization_name: name,
    ...(Object.keys(opWise).length === 0 ? {} : { op_wise: opWise }),
    ...(Object.keys(modelWise).length === 0 ? {} : { model_wise: modelWise }),
  });
  const node = await partNode(bench, 'optimization', Number(made));
  void offerRun(name, async (command) => runOn(command, node)).catch(showThrown);
}

/** Not waited for by the page: a person may leave the message where it is. */
async function offerRun(name: string, run: (command: string) => Promise<void>): Promise<void> {
  const ways = [...(workspace.isTrusted ? ['Run'] : []), 'Open Config'];
  const chosen = await window.showInformationMessage(`The optimization "${name}" is ready.`, ...ways);
  if (chosen === 'Run') await run('optimization.run');
  if (chosen === 'Open Config') await run('optimization.openConfig');
}

function keptFloat(nodes: unknown): Readonly<Record<string, unknown>> {
  if (!Array.isArray(nodes) || !nodes.every((node): node is string => typeof node === 'string')) {
    throw new Error('"nodes" is a list of names');
  }
  return Object.fromEntries(nodes.map((node) => [node, { pattern: { precision: 'float32' } }]));
}

/** The panel, and the command that shows it. */
export const registerDiagnosisPanel: Contribution = (services) => {
  services.panels.register(diagnosisPanel);
  return registerCommand('optimization.diagnose', async (given) => {
    const node =
      givenNode(given, 'optimization') ??
      (await pickPart(services, 'optimization', {
        title: 'Diagnose Optimized Model',
        filter: ({ optimizedModelId }) => optimizedModelId !== null,
        none: 'No optimization has made a model yet: run one first.',
      }));
    if (node !== undefined) services.panels.show(diagnosisPanel, subjectOf(node));
  });
};
