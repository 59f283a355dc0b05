// A person's path from an empty folder to a compared result without a mouse: every page is gone through by keys alone.
import { rmSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyFolder } from '../vscodeHost/fixtures';
import { Keyboard, expectFocus, hasFocus } from './keyboard';
import { measureBoth, mendConfig, reloadWhileTuning, runTimeoutMs, runsEnd, startTask, taskRuns } from './pathSteps';
import { startWorkbench, walk } from './workbench';
import type { Workbench } from './workbench';

const workspace = emptyFolder();
afterAll(() => rmSync(workspace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

const optimization = /^optimization mnist_resnet/;
const benchmark = /^benchmark mnist_resnet_quantization performance/;

describe('a person without a mouse', () => {
  it('comes from an empty folder to a compared result', { timeout: 900_000 }, async () => {
    await using workbench = await startWorkbench({ workspace, theme: 'dark' });
    const keys = new Keyboard(workbench);
    try {
      await makeExample(workbench, keys);
      await tuneAndWatch(workbench, keys);
      await measureAndPin(workbench, keys);
      await compare(workbench, keys);
      await walkGraph(workbench, keys);
      await mendConfig(workbench);
      await runTask(workbench, keys);
      await reloadWhileTuning(workbench, () => keys.openTree());
      await runsEnd(workbench);
    } catch (thrown) {
      await workbench.keepFailure('keyboard-failed');
      throw thrown;
    }
    expect(await workbench.page.locator('.notifications-toasts .codicon-error').count()).toBe(0);
    expect(workbench.mousePresses).toBe(0);
  });
});

async function makeExample(workbench: Workbench, keys: Keyboard): Promise<void> {
  const { page } = workbench;
  await workbench.run('Compressor Bench: Get Started');
  const step = page.locator('.getting-started-step').filter({ hasText: 'Add the example' });
  await keys.goOn(step);
  await keys.press('Enter');
  await keys.goOn(page.getByRole('button', { name: 'Add the Example', exact: true }));
  await keys.press('Enter');
  await workbench.row(optimization).first().waitFor();
}

async function tuneAndWatch(workbench: Workbench, keys: Keyboard): Promise<void> {
  const { webview } = workbench;
  await keys.chooseFor(optimization, 'Run Optimization');
  await keys.open(optimization, /Tuning History/);
  const trial = (id: number): Locator => webview.getByRole('row', { name: new RegExp(`^${id} `) });
  await trial(1).waitFor({ timeout: runTimeoutMs });
  await keys.expectPage();
  await keys.goOnInPage(webview.getByRole('tab', { name: 'By Trial' }));
  await keys.press('ArrowRight');
  await expectFocus(webview.getByRole('tab', { name: 'Accuracy and Latency' }));
  await keys.press('Tab');
  await expectFocus(webview.locator('.mark').first());
  await keys.goOnInPage(webview.getByRole('button', { name: 'Trial', exact: true }));
  await keys.press('Enter');
  await keys.goOnInPage(webview.locator('tbody tr').first());
  await keys.press('End');
  await keys.press('ArrowUp');
  // Each new trial comes in above: the focus stays where it was.
  await trial(2).waitFor({ timeout: runTimeoutMs });
  await expectFocus(trial(1));
  await keys.press('Enter');
  const title = webview.getByRole('heading', { name: /^Trial 1: / });
  await expectFocus(title);
  await workbench.shot('keyboard-tuning-live');
  await workbench.row(/^Models 2/).waitFor({ timeout: runTimeoutMs });
  await webview
    .getByText(/× as fast/)
    .first()
    .waitFor();
  await expectFocus(title);
  await keys.press('Tab');
  await expectFocus(webview.locator('.trial vscode-button').first());
  await keys.press('Enter');
  await expectFocus(trial(1));
}

async function measureAndPin(workbench: Workbench, keys: Keyboard): Promise<void> {
  await measureBoth(workbench);
  await keys.chooseFor(benchmark, 'Pin Benchmark to Its Optimization');
  await workbench
    .row(/^benchmark .*pinned/)
    .first()
    .waitFor();
}

async function compare(workbench: Workbench, keys: Keyboard): Promise<void> {
  const { webview } = workbench;
  await keys.open(benchmark, /Benchmarks/);
  await webview.getByRole('heading', { name: 'Performance' }).first().waitFor();
  await keys.expectPage();
  const other = webview.getByRole('checkbox', { name: /^Input model performance/ });
  await keys.goOnInPage(other);
  await keys.press('Space');
  const reference = webview.getByRole('combobox', { name: 'Reference' });
  await reference.waitFor();
  await expectFocus(other);
  await keys.goOnInPage(reference);
  await keys.press('ArrowDown');
  await webview.getByRole('row', { name: /^mnist_resnet_quantization performance .* reference/ }).waitFor();
  await expectFocus(reference);
  const row = (index: number): Locator => webview.locator(`tr[data-index="${index}"]`);
  await keys.goOnInPage(row(0));
  await keys.press('ArrowDown');
  await expectFocus(row(1));
  await keys.press('Space');
  await webview.locator('tr[data-index="1"][aria-selected=true]').waitFor();
  await workbench.shot('keyboard-compare');
}

async function walkGraph(workbench: Workbench, keys: Keyboard): Promise<void> {
  const { webview, page } = workbench;
  await keys.open(/^model Input model/, /\.onnx/);
  const picture = webview.locator('canvas.picture');
  await webview.locator('body[data-painted]').waitFor();
  await expectFocus(picture);
  await walk(page, 'ArrowDown', async () => (await said(workbench)).startsWith('Group '));
  await keys.press('Enter');
  await expectSaid(workbench, /^Open group/);
  await workbench.shot('keyboard-graph');
  await keys.press('/');
  await expectFocus(webview.getByRole('combobox', { name: /^Find nodes/ }));
  await page.keyboard.type('Gemm');
  await webview.getByText('1 found').waitFor();
  await keys.press('Enter');
  await expectSaid(workbench, /^Gemm/);
  await keys.press('Escape');
  await expectFocus(picture);
  await walkProperties(workbench, keys, picture);
  await walkNodes(workbench, keys, picture);
}

/** From the operator that is selected into its properties, on to the one it reads from, and back. */
async function walkProperties({ webview }: Workbench, keys: Keyboard, picture: Locator): Promise<void> {
  const links = webview.locator('graph-side').getByRole('button');
  await keys.press('Enter');
  await expectFocus(webview.getByRole('heading', { name: 'Gemm' }));
  await keys.goOnInPage(links.filter({ hasText: '/Flatten' }));
  await keys.press('Enter');
  await expectFocus(webview.getByRole('heading', { name: 'Flatten' }));
  await keys.press('Escape');
  await expectFocus(picture);
}

/** The table of nodes: its rows are those of the picture. */
async function walkNodes(workbench: Workbench, keys: Keyboard, picture: Locator): Promise<void> {
  const { webview } = workbench;
  await keys.press('t');
  await expectFocus(webview.getByRole('grid', { name: 'All nodes of the model' }));
  await webview.getByRole('row', { name: /^Conv/ }).first().waitFor();
  await keys.press('End');
  await expectSaid(workbench, /^Output/);
  await keys.press('Escape');
  await expectFocus(picture);
}

/** Runs a task and, once it is under way, ends it in its terminal. */
async function runTask(workbench: Workbench, keys: Keyboard): Promise<void> {
  await startTask(workbench);
  await expect.poll(() => taskRuns(workspace).length, { timeout: runTimeoutMs }).toBe(1);
  await workbench.shot('keyboard-task');
  await workbench.run('Terminal: Focus Terminal');
  await expect
    .poll(() => hasFocus(workbench.page.locator('.terminal-wrapper.active textarea')), { timeout: 30_000 })
    .toBe(true);
  // When the program has ended, any key closes the terminal.
  const isClosed = async (): Promise<boolean> => {
    await keys.press('Control+C');
    await keys.press('Enter');
    return (await workbench.page.locator('.terminal-wrapper').count()) === 0;
  };
  await expect.poll(isClosed, { timeout: 30_000, interval: 500 }).toBe(true);
}

/** What a screen reader is told of the picture. */
async function said({ webview }: Workbench): Promise<string> {
  return await webview.locator('#said').innerText();
}

async function expectSaid(workbench: Workbench, text: RegExp): Promise<void> {
  await expect.poll(() => said(workbench), { timeout: 30_000 }).toMatch(text);
}
