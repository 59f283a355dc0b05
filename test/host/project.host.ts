// The panel of a project in a real extension host: its parts, its notes, and that it leaves nothing behind.
import assert from 'node:assert/strict';
import { partsMethod } from '../../src/protocol/facts';
import { panelChangedEvent } from '../../src/protocol/panels/panel';
import { saveNotesMethod } from '../../src/protocol/panels/project';
import { projectPanel } from '../../src/vscode/panels/projectPanel';
import { BenchOfTest, leavesNoListener, leavesNothing, until } from './servedPanel';
import { suiteIn } from './workspaces';

suiteIn(['bench'], 'panel of a project', () => {
  let bench: BenchOfTest;
  suiteSetup(() => {
    bench = new BenchOfTest();
  });
  suiteTeardown(() => bench.dispose());

  test('tells its page all that is in it', async () => {
    const { page, served } = bench.serve(projectPanel, 1);
    const { project, models, optimizations, profilings } = await page.request(partsMethod, { id: 1 });
    assert.equal(project.name, 'mnist_resnet');
    assert.ok(models.length >= 2 && optimizations.length >= 2 && profilings.length >= 1);
    served.dispose();
  });

  test('saves notes, tells everybody, and writes over nobody', async () => {
    const [one, other] = [bench.serve(projectPanel, 1), bench.serve(projectPanel, 1)];
    let changes = 0;
    other.page.onEvent({ ...panelChangedEvent, payload: () => null }, () => changes++);
    const before = (await one.page.request(partsMethod, { id: 1 })).notes ?? '';
    const first = await one.page.request(saveNotesMethod, { id: 1, notes: 'from one', basedOn: before });
    assert.deepEqual(first, { notes: 'from one', isSaved: true });
    await until(() => changes > 0, 'the other page was told');
    const second = await other.page.request(saveNotesMethod, { id: 1, notes: 'from the other', basedOn: before });
    assert.deepEqual(second, { notes: 'from one', isSaved: false });
    await one.page.request(saveNotesMethod, { id: 1, notes: before, basedOn: 'from one' });
    one.served.dispose();
    other.served.dispose();
  });

  test('leaves nothing behind, opened and closed 20 times', async () => {
    leavesNoListener(bench, projectPanel, 1);
    const { project: facts } = await bench.connection.ask(partsMethod, { id: 1 });
    const node = { kind: 'project', bench: bench.connection, facts };
    await leavesNothing('compressorBench.project.show', projectPanel.viewType, node);
  });
});
