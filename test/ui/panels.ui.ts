// Every page of the extension in light, dark and high contrast, twice the size, and colours of the system: shown, photographed, without an axe violation.
import { rmSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { benchFolder } from '../vscodeHost/fixtures';
import { cutOff } from './accessibility';
import { openPage, pages } from './pages';
import { startWorkbench, windowSize } from './workbench';
import type { ThemeName, Workbench } from './workbench';

const workspace = benchFolder();
afterAll(() => rmSync(workspace, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

let opened: Workbench | undefined;
afterEach(async () => {
  await opened?.[Symbol.asyncDispose]();
  opened = undefined;
});

/** Shows each page, and looks at it. */
async function visitAll(workbench: Workbench, look: (name: string) => Promise<void>): Promise<void> {
  await workbench.openSidebar();
  await workbench
    .row(/^mnist_resnet/)
    .first()
    .waitFor();
  for (const page of pages) {
    await openPage(workbench, page);
    await look(page.name);
    await workbench.run('View: Close All Editors');
  }
}

describe.each<ThemeName>(['light', 'dark', 'highContrast'])('in %s', (theme) => {
  it('every page is there and accessible', async () => {
    const workbench = await startWorkbench({ workspace, theme });
    opened = workbench;
    const violations: string[] = [];
    await visitAll(workbench, async (name) => {
      await workbench.shot(`${name}-${theme}`);
      violations.push(...(await workbench.webviewViolations()).map((line) => `${name}: ${line}`));
    });
    expect(violations).toEqual([]);
  });
});

describe('in twice the size, and in the colours of the system', () => {
  it('every page is whole and accessible', async () => {
    const workbench = await startWorkbench({ workspace, zoom: 2 });
    opened = workbench;
    const { page } = workbench;
    const violations: string[] = [];
    await visitAll(workbench, async (name) => {
      await workbench.shot(`${name}-zoomed`);
      const found = [...(await cutOff(workbench.webview)), ...(await workbench.webviewViolations())];
      violations.push(...found.map((line) => `${name}: ${line}`));
      await page.emulateMedia({ forcedColors: 'active' });
      await page.setViewportSize(windowSize);
      await workbench.shot(`${name}-forcedColors`);
      await page.setViewportSize({ width: windowSize.width / 2, height: windowSize.height / 2 });
      await page.emulateMedia({ forcedColors: 'none' });
    });
    expect(violations).toEqual([]);
  });
});
