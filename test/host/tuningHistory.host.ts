// The panel of a tuning's history in a real extension host: its trials, live; going on; and that it leaves nothing behind.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { runChangeEvent } from '../../src/protocol/benchChannel';
import { trialSettingsMethod, tuningHistoryMethod } from '../../src/protocol/panels/tuningHistory';
import { partNode } from '../../src/vscode/panels/panelNodes';
import { tuningHistoryPanel } from '../../src/vscode/panels/tuningHistoryPanel';
import { BenchOfTest, leavesNoListener, leavesNothing, until } from './servedPanel';
import { suiteIn } from './workspaces';

suiteIn(['bench'], "panel of a tuning's history", () => {
  let bench: BenchOfTest;
  suiteSetup(() => {
    bench = new BenchOfTest();
  });
  suiteTeardown(() => bench.dispose());

  test('tells its page the trials of the newest run, and how one is made', async () => {
    const { page, served } = bench.serve(tuningHistoryPanel, 2);
    const report = await page.request(tuningHistoryMethod, { id: 2 });
    assert.equal(report.name, 'int8');
    assert.equal(report.job, null);
    assert.deepEqual(
      report.trials.map(({ id }) => id),
      [0, 1],
    );
    assert.deepEqual(report.usableTrials, [1]);
    assert.ok(report.goal?.isShare === true && typeof report.goal.minimalAccuracy === 'number');
    const settings = await page.request(trialSettingsMethod, { id: 2, trial: 1 });
    assert.ok(settings !== null && settings.ops.length > 0);
    served.dispose();
  });

  test('has nothing to tell of an optimization that never ran', async () => {
    const { page, served } = bench.serve(tuningHistoryPanel, 1);
    const { run, trials, resume, result } = await page.request(tuningHistoryMethod, { id: 1 });
    assert.deepEqual({ run, trials, resume, result }, { run: null, trials: [], resume: null, result: null });
    served.dispose();
  });

  test('is closed when its optimization was deleted', async () => {
    const { page, served } = bench.serve(tuningHistoryPanel, 999);
    await assert.rejects(page.request(tuningHistoryMethod, { id: 999 }), /optimization 999/);
    assert.equal(bench.closed, 1);
    served.dispose();
  });

  test('tells of every trial the moment it ends, and goes on where a run ended', async () => {
    const { connection } = bench;
    const answer = (await connection.change('optimization/add', {
      ...{ project_id: 1, name: 'watched', dataset_id: 1, optimization_type_id: 1, precision_id: 3 },
      ...{ sampling_size: 10, objective: 'modelsize', tuning_strategy: 'random', exit_policy: { max_trials: 1 } },
    })) as { readonly optimization_id: number };
    const id = answer.optimization_id;
    const { page, served } = bench.serve(tuningHistoryPanel, id);
    try {
      shorten((await connection.read('optimization', { id })) as { readonly config_path: string });
      const told: number[] = [];
      page.onEvent(runChangeEvent, ({ trial }) => {
        if (trial !== undefined) told.push(trial.id);
      });
      await connection.finish('optimization/execute', { optimization_id: id });
      await until(() => told.includes(1), 'the page was told of the first trial');
      const first = await page.request(tuningHistoryMethod, { id });
      assert.deepEqual(first.resume, { trials: 1 });
      await connection.finish('optimization/execute', { optimization_id: id, mode: 'resume' });
      const second = await page.request(tuningHistoryMethod, { id });
      assert.equal(second.trials.length, 3);
      assert.deepEqual(second.trials[1]?.accuracy, first.trials[1]?.accuracy);
    } finally {
      served.dispose();
      await connection.change('optimization/delete', { id, name: 'watched' });
    }
  }).timeout(120_000);

  test('leaves nothing behind, opened and closed 20 times', async () => {
    leavesNoListener(bench, tuningHistoryPanel, 2);
    const node = await partNode(bench.connection, 'optimization', 2);
    await leavesNothing('compressorBench.optimization.showHistory', tuningHistoryPanel.viewType, node);
  }).timeout(60_000);

  test('reads no subject but its own from an earlier window', () => {
    assert.deepEqual(tuningHistoryPanel.readSubject({ bench: 'file:///a', id: 1, more: 1 }), {
      bench: 'file:///a',
      id: 1,
    });
    assert.throws(() => tuningHistoryPanel.readSubject({ bench: 'file:///a', id: '1' }));
    assert.throws(() => tuningHistoryPanel.readSubject(null));
  });
});

/** Few samples and runs, so that it takes seconds. */
function shorten({ config_path: path }: { readonly config_path: string }): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    text.replace(/^ {2}accuracy:$/m, '  performance:\n    warmup: 0\n    iteration: 6\n  accuracy:\n    iteration: 40'),
  );
}
