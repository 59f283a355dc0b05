// The panel of a profiling in a real extension host: what its page is told, live, and that it leaves nothing behind.
import assert from 'node:assert/strict';
import { panelChangedEvent } from '../../src/protocol/panels/panel';
import { profilingComparisonMethod, profilingReportMethod } from '../../src/protocol/panels/profiling';
import { partNode } from '../../src/vscode/panels/panelNodes';
import { profilingPanel } from '../../src/vscode/panels/profilingPanel';
import { BenchOfTest, leavesNoListener, leavesNothing, until } from './servedPanel';
import { suiteIn } from './workspaces';

suiteIn(['bench'], 'panel of a profiling', () => {
  let bench: BenchOfTest;
  suiteSetup(() => {
    bench = new BenchOfTest();
  });
  suiteTeardown(() => bench.dispose());

  test('tells its page where the time goes', async () => {
    const { page, served } = bench.serve(profilingPanel, 1);
    const { name, times, model } = await page.request(profilingReportMethod, { id: 1 });
    assert.equal(name, 'where the time goes');
    assert.equal(model?.id, 1);
    assert.ok(times !== null && times.ops.length > 2 && times.nodes.length >= times.ops.length);
    assert.ok(Math.abs((times.ops.at(-1)?.cumulative ?? 0) - 1) < 0.01);
    served.dispose();
  });

  test('compares with another one, and follows what changes', async () => {
    const { connection } = bench;
    const parameters = { project_id: 1, name: 'int8 times', model_id: 2, dataset_id: 1, num_threads: 1 };
    const answer = (await connection.change('profiling/add', parameters)) as { readonly profiling_id: number };
    const id = answer.profiling_id;
    const { page, served } = bench.serve(profilingPanel, id);
    try {
      let changes = 0;
      page.onEvent({ ...panelChangedEvent, payload: () => null }, () => changes++);
      assert.equal((await page.request(profilingReportMethod, { id })).times, null);
      await connection.finish('profiling/execute', { profiling_id: id });
      await until(() => changes > 0, 'the page was told');
      const { times, others } = await page.request(profilingReportMethod, { id });
      assert.ok(times !== null);
      assert.deepEqual(
        others.map((other) => other.id),
        [1],
      );
      const { ops } = await page.request(profilingComparisonMethod, { id, otherId: 1 });
      const conv = ops.find(({ label }) => label === 'Conv');
      assert.ok(typeof conv?.hereUs === 'number' && typeof conv.thereUs === 'number');
    } finally {
      served.dispose();
      await connection.change('profiling/delete', { id, name: 'int8 times' });
    }
  });

  test('leaves nothing behind, opened and closed 20 times', async () => {
    leavesNoListener(bench, profilingPanel, 1);
    const node = await partNode(bench.connection, 'profiling', 1);
    await leavesNothing('compressorBench.profiling.show', profilingPanel.viewType, node);
  });
});
