// The panel of a diagnosis in a real extension host: what its page is told, and that it leaves nothing behind.
import assert from 'node:assert/strict';
import {
  diagnosisHistogramsMethod,
  diagnosisReportMethod,
  startDiagnosisMethod,
} from '../../src/protocol/panels/diagnosis';
import type { DiagnosisReport } from '../../src/protocol/panels/diagnosis';
import { diagnosisPanel } from '../../src/vscode/panels/diagnosisPanel';
import { partNode } from '../../src/vscode/panels/panelNodes';
import { BenchOfTest, leavesNoListener, leavesNothing, until } from './servedPanel';
import { suiteIn } from './workspaces';

suiteIn(['bench'], 'panel of a diagnosis', () => {
  let bench: BenchOfTest;
  suiteSetup(() => {
    bench = new BenchOfTest();
  });
  suiteTeardown(() => bench.dispose());

  test('says that an optimization that was not run has nothing to diagnose', async () => {
    const { page, served } = bench.serve(diagnosisPanel, 1);
    const { status } = await page.request(diagnosisReportMethod, { id: 1 });
    assert.deepEqual(status, { state: 'impossible', reason: 'It was not run yet.' });
    served.dispose();
  });

  test('has the diagnosis made where there is none, and tells what it found', async function () {
    this.timeout(60_000);
    const { page, served } = bench.serve(diagnosisPanel, 2);
    const ask = (): Promise<DiagnosisReport> => page.request(diagnosisReportMethod, { id: 2 });
    if ((await ask()).status.state === 'none') await bench.connection.ask(startDiagnosisMethod, { id: 2 });
    await until(async () => (await ask()).status.state === 'ready', 'the diagnosis is made', 600);
    const { status, settings } = await ask();
    assert.ok(status.state === 'ready');
    const conv = status.figures.ops.find(({ opType, precision }) => opType === 'Conv' && precision === 'int8');
    assert.ok(conv?.canBeKept === true);
    const { activations, weights } = await page.request(diagnosisHistogramsMethod, { id: 2, node: conv.node });
    assert.ok(activations !== null && weights !== null && weights.int8.length > 10);
    assert.ok((settings['weight']?.['scheme']?.length ?? 0) > 1);
    served.dispose();
  });

  test('leaves nothing behind, opened and closed 20 times', async () => {
    leavesNoListener(bench, diagnosisPanel, 2);
    const node = await partNode(bench.connection, 'optimization', 2);
    await leavesNothing('compressorBench.optimization.diagnose', diagnosisPanel.viewType, node);
  });
});
