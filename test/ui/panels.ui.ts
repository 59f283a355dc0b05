// Every page of the extension in light, dark and high contrast: shown, photographed, and without a violation that axe-core finds.
import { rmSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { benchFolder } from '../vscodeHost/fixtures';
import { openPage, pages } from './pages';
import { startWorkbench } from './workbench';
import type { ThemeName, Workbench } from './workbench';

const workspace = benchFolder();
afterAll(() => rmSync(workspace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

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
    for (const page of pages) {
      const { name } = page;
      await openPage(workbench, page);
      await workbench.shot(`${name}-${theme}`);
      violations.push(...(await workbench.webviewViolations()).map((line) => `${name}: ${line}`));
      await workbench.run('View: Close All Editors');
    }
    expect(violations).toEqual([]);
  });
});
