// A person's path in one go, from an empty folder to a compared result, in the installed package.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyFolder } from '../vscodeHost/fixtures';
import { measureBoth, mendConfig, reloadWhileTuning, runTimeoutMs, runsEnd, startTask, taskRuns } from './pathSteps';
import { acceptAll } from './questions';
import { startWorkbench } from './workbench';
import type { Workbench } from './workbench';

const workspace = emptyFolder();
afterAll(() => rmSync(workspace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

describe('a person', () => {
  it('comes from an empty folder to a compared result', { timeout: 900_000 }, async () => {
    await using workbench = await startWorkbench({ workspace, theme: 'dark' });
    const { page } = workbench;
    try {
      await workbench.openSidebar();
      await makeExample(workbench);
      await tuneAndWatch(workbench);
      await measureAndPin(workbench);
      await compare(workbench);
      await lookAtGraph(workbench);
      await mendConfig(workbench);
      await runTask(workbench);
      await reloadWhileTuning(workbench, () => workbench.openSidebar());
      await runsEnd(workbench);
    } catch (thrown) {
      await workbench.keepFailure('path-failed');
      throw thrown;
    }
    expect(await page.locator('.notifications-toasts .codicon-error').count()).toBe(0);
  });
});

async function makeExample(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.run('Compressor Bench: Get Started');
  await page
    .getByRole('button', { name: /Add the example/i })
    .first()
    .click();
  await workbench.shot('path-walkthrough');
  await page.getByRole('button', { name: 'Add the Example', exact: true }).click();
  await workbench.openSidebar();
  await workbench
    .row(/^mnist_resnet/)
    .first()
    .waitFor();
}

async function tuneAndWatch(workbench: Workbench): Promise<void> {
  await workbench.expand(/^mnist_resnet/);
  await workbench.expand(/^Optimizations/);
  await workbench
    .row(/^mnist_resnet/)
    .last()
    .waitFor();
  // There is one alone: nothing is asked.
  await workbench.run('Compressor Bench: Run Optimization');
  const { page, webview } = workbench;
  const running = workbench.row(/^optimization mnist_resnet quantization/);
  // The editor draws the row again at any of these moments.
  for (let turn = 0; turn < 10; turn++) await running.click();
  expect(await page.locator('.notifications-toasts .codicon-error').count()).toBe(0);
  await webview.getByRole('grid').first().waitFor({ timeout: runTimeoutMs });
  await workbench.shot('path-tuning-live');
  await workbench.row(/^Models 2/).waitFor({ timeout: runTimeoutMs });
  await webview
    .getByText(/× as fast/)
    .first()
    .waitFor();
  await workbench.shot('path-tuning-done');
}

async function measureAndPin(workbench: Workbench): Promise<void> {
  await measureBoth(workbench);
  await workbench.run('Compressor Bench: Pin Benchmark to Its Optimization');
  await acceptAll(workbench, [/^mnist_resnet_quantization performance/]);
}

async function compare(workbench: Workbench): Promise<void> {
  await workbench.run('Compressor Bench: Compare Benchmarks');
  await acceptAll(workbench);
  await workbench.webview
    .getByRole('heading', { name: /Performance/ })
    .first()
    .waitFor();
  await workbench.shot('path-compare');
}

async function lookAtGraph(workbench: Workbench): Promise<void> {
  await workbench.run('Compressor Bench: Open Graph of Model');
  await acceptAll(workbench, [/Input model/]);
  await workbench.webview.locator('body[data-painted]').waitFor();
  await workbench.shot('path-graph');
}

async function runTask(workbench: Workbench): Promise<void> {
  await startTask(workbench);
  const results = (): number => taskRuns(workspace).filter((run) => existsSync(join(run, 'result.json'))).length;
  await expect.poll(results, { timeout: runTimeoutMs }).toBe(1);
  await workbench.shot('path-task');
}
