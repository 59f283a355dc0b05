// Every page of the extension in light, dark and high contrast: shown, photographed, and without a violation that axe-core finds.
import { rmSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { benchFolder } from '../vscodeHost/fixtures';
import { acceptAll } from './questions';
import { startWorkbench } from './workbench';
import type { ThemeName, Workbench } from './workbench';

const workspace = benchFolder();
afterAll(() => rmSync(workspace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

interface PageOfExtension {
  readonly name: string;
  readonly command: string;
  /** What is chosen where something is asked. */
  readonly answers: readonly RegExp[];
  /** Selector of something that is there when the page is complete. */
  readonly complete: string;
}

const pages: readonly PageOfExtension[] = [
  { name: 'project', command: 'Show Project', answers: [], complete: 'textarea' },
  { name: 'tuningHistory', command: 'Show Tuning History', answers: [/^int8/], complete: 'bench-point-chart' },
  { name: 'benchmarks', command: 'Compare Benchmarks', answers: [], complete: 'bench-bar-chart' },
  { name: 'profiling', command: 'Show Profiling', answers: [], complete: 'bench-bar-chart' },
  { name: 'diagnosis', command: 'Diagnose Optimized Model', answers: [/^int8/], complete: 'h1' },
  { name: 'graph', command: 'Open Graph of Model', answers: [/^Input model/], complete: 'canvas' },
];

let opened: Workbench | undefined;
afterEach(async () => {
  await opened?.[Symbol.asyncDispose]();
  opened = undefined;
});

describe.each<ThemeName>(['light', 'dark', 'highContrast'])('in %s', (theme) => {
  it('every page is there and accessible', async () => {
    const workbench = await startWorkbench({ workspace, theme });
    opened = workbench;
    await workbench.openSidebar();
    await workbench
      .row(/^mnist_resnet/)
      .first()
      .waitFor();
    const violations: string[] = [];
    for (const { name, command, answers, complete } of pages) {
      await workbench.run(`Compressor Bench: ${command}`);
      const isAsked = await workbench.quickInput.waitFor({ timeout: 1500 }).then(
        () => true,
        () => false,
      );
      if (isAsked) await acceptAll(workbench, answers);
      await workbench.webview.locator(complete).first().waitFor();
      await workbench.shot(`${name}-${theme}`);
      violations.push(...(await workbench.webviewViolations()).map((line) => `${name}: ${line}`));
      await workbench.run('View: Close All Editors');
    }
    expect(violations).toEqual([]);
  });
});
