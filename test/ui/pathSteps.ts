// Steps of a person's path that need no mouse: those with one and those without take them alike.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { acceptAll } from './questions';
import { isThere } from './workbench';
import type { Workbench } from './workbench';

/** A run takes as long as the machine takes. */
export const runTimeoutMs = 120_000;

/** Rows of the side bar that show something under way. */
export function running({ page }: Workbench): Locator {
  return page.locator('.sidebar [role=treeitem] .codicon-loading');
}

/** Waits until nothing is under way. */
export async function runsEnd(workbench: Workbench): Promise<void> {
  await expect.poll(() => running(workbench).count(), { timeout: runTimeoutMs }).toBe(0);
}

/** Measures how fast the given model is, and the optimized one. */
export async function measureBoth(workbench: Workbench): Promise<void> {
  for (const model of [/Input model|^mnist_resnet$/, /Optimized/]) {
    await workbench.run('Compressor Bench: New Benchmark…');
    await acceptAll(workbench, [model, /^Performance/, /Add and Run/]);
  }
  const measured = workbench.row(/^benchmark mnist_resnet_quantization performance, succeeded/);
  await measured.first().waitFor({ timeout: runTimeoutMs });
}

/** Makes a mistake in the config, sees it, and has it mended. */
export async function mendConfig(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  // There is one alone: nothing is asked.
  await workbench.run('Compressor Bench: Open config.yaml of Optimization');
  await workbench.tab(/config\.yaml/).waitFor();
  await page.keyboard.press('Control+F');
  await page.keyboard.type('name: auto');
  await page.locator('.find-widget').getByText(/^1 of/).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('End');
  await page.keyboard.type('o');
  const mistake = page.locator('.monaco-editor .squiggly-error').first();
  await mistake.waitFor();
  await page.keyboard.press('F8');
  await page.getByText('Did you mean auto?').first().waitFor();
  await workbench.shot('path-config');
  const isOffered = async (): Promise<boolean> => {
    await page.keyboard.press('Control+.');
    return await isThere(page.getByRole('option', { name: /auto/ }).first());
  };
  await expect.poll(isOffered, { timeout: 30_000 }).toBe(true);
  await workbench.shot('path-quickfix');
  await page.keyboard.press('Enter');
  await mistake.waitFor({ state: 'hidden' });
  await page.keyboard.press('Control+S');
}

/** Starts the task that VS Code finds for the config, and waits for its terminal. */
export async function startTask(workbench: Workbench): Promise<void> {
  await workbench.run('Tasks: Run Task');
  await workbench.pick(/compressor-bench/);
  await workbench.pick(/tune .*config\.yaml/);
  await workbench.page.locator('.terminal-wrapper.active .xterm').waitFor();
}

/** Folders of runs that belong to no record of the bench. A terminal paints its text: these say what came of the task. */
export function taskRuns(workspace: string): string[] {
  const runs = join(workspace, '.compressor-bench', 'runs');
  return existsSync(runs) ? readdirSync(runs).map((name) => join(runs, name)) : [];
}

/** Reloads the window in the middle of a tuning, and finds it still under way. */
export async function reloadWhileTuning(workbench: Workbench, openTree: () => Promise<void>): Promise<void> {
  // There is one alone: nothing is asked.
  await workbench.run('Compressor Bench: Run Optimization');
  await running(workbench).first().waitFor();
  await workbench.reload();
  await openTree();
  await running(workbench).first().waitFor();
  await workbench.shot('path-reloaded');
}
