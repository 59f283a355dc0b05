// The panel of a data set: its first samples as pictures or figures with labels, and what each transform makes of them.
import { readRecordSubject } from '../../protocol/panels/panel';
import type { RecordSubject } from '../../protocol/panels/panel';
import { datasetPreviewMethod } from '../../protocol/panels/preview';
import { givenNode } from '../commands/given';
import { pickPart } from '../commands/pickParts';
import { registerCommand } from '../commands/registerCommand';
import type { Contribution } from '../contributions';
import { partNode, runOn, subjectOf } from './panelNodes';
import { answerReport, servePage } from './panelPage';
import type { PanelKind } from './panels';

/** The first samples of a data set. */
export const previewPanel: PanelKind<RecordSubject> = {
  viewType: 'compressorBench.preview',
  bundle: 'preview',
  icon: 'preview',
  title: () => 'Preview',
  readSubject: readRecordSubject,
  serve: (open) => {
    const { peer, bench } = open;
    const { id } = open.subject;
    answerReport(open, datasetPreviewMethod, ({ name }) => `Preview of ${name}`);
    const actions = { open: async () => runOn('dataset.open', await partNode(bench, 'dataset', id)) };
    return servePage({ peer, bench, actions }, []);
  },
};

/** The panel, and the command that shows it. */
export const registerPreviewPanel: Contribution = (services) => {
  services.panels.register(previewPanel);
  return registerCommand('dataset.preview', async (given) => {
    const node = givenNode(given, 'dataset') ?? (await pickPart(services, 'dataset', { title: 'Preview Data Set' }));
    if (node !== undefined) services.panels.show(previewPanel, subjectOf(node));
  });
};
