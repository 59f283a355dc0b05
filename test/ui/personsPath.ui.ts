// A person's path in one go, from an empty folder to a compared result, in the installed package.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Locator } from 'playwright-core';
import { emptyFolder } from '../vscodeHost/fixtures';
import { acceptAll } from './questions';
import { startWorkbench } from './workbench';
import type { Workbench } from './workbench';

const workspace = emptyFolder();
afterAll(() => rmSync(workspace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

/** A run takes as long as the machine takes. */
const runTimeoutMs = 120_000;

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
      await reloadWhileTuning(workbench);
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
  await workbench.run('Compressor Bench: Run Optimization');
  await acceptAll(workbench);
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
  for (const model of [/Input model|^mnist_resnet$/, /Optimized/]) {
    await workbench.run('Compressor Bench: New Benchmark…');
    await acceptAll(workbench, [model, /^Performance/, /Add and Run/]);
  }
  await workbench.expand(/^Benchmarks/);
  await expect.poll(() => running(workbench).count(), { timeout: runTimeoutMs }).toBe(0);
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

async function mendConfig(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.run('Compressor Bench: Open config.yaml of Optimization');
  await acceptAll(workbench);
  await workbench.tab(/config\.yaml/).waitFor();
  await page.keyboard.press('Control+F');
  await page.keyboard.type('name: auto');
  await page.locator('.find-widget').getByText(/^1 of/).waitFor();
  await page
    .locator('.find-widget')
    .getByRole('button', { name: /^Close/ })
    .click();
  await page.keyboard.press('End');
  await page.keyboard.type('o');
  const mistake = page.locator('.monaco-editor .squiggly-error').first();
  await mistake.waitFor();
  await page.keyboard.press('F8');
  await page.getByText('Did you mean auto?').first().waitFor();
  await workbench.shot('path-config');
  await workbench.run('Quick Fix...');
  await page.getByRole('option', { name: /auto/ }).first().waitFor();
  await workbench.shot('path-quickfix');
  await page.keyboard.press('Enter');
  await mistake.waitFor({ state: 'hidden' });
  await page.keyboard.press('Control+S');
}

/** Results of runs that belong to no record of the bench. */
function taskResults(): string[] {
  const runs = join(workspace, '.compressor-bench', 'runs');
  return existsSync(runs) ? readdirSync(runs).filter((name) => existsSync(join(runs, name, 'result.json'))) : [];
}

async function runTask(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.run('Tasks: Run Task');
  await workbench.pick(/compressor-bench/);
  await workbench.pick(/tune .*config\.yaml/);
  await page.locator('.terminal-wrapper.active .xterm').waitFor();
  // A terminal paints its text: what came of the task lies in the folder of its run.
  await expect.poll(() => taskResults().length, { timeout: runTimeoutMs }).toBe(1);
  await workbench.shot('path-task');
}

async function reloadWhileTuning(workbench: Workbench): Promise<void> {
  await workbench.run('Compressor Bench: Run Optimization');
  await acceptAll(workbench);
  await running(workbench).first().waitFor();
  await workbench.reload();
  await workbench.openSidebar();
  await running(workbench).first().waitFor();
  await workbench.shot('path-reloaded');
  await expect.poll(() => running(workbench).count(), { timeout: runTimeoutMs }).toBe(0);
}

/** Rows of the side bar that show something under way. */
function running({ page }: Workbench): Locator {
  return page.locator('.sidebar [role=treeitem] .codicon-loading');
}
