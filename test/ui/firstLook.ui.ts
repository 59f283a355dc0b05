// The installed package in VS Code's window: it greets nobody, its side bar shows what is there, its tree can be walked.
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { benchFolder, emptyFolder } from '../vscodeHost/fixtures';
import { startWorkbench } from './workbench';

const folders: string[] = [];
const kept = (folder: string): string => {
  folders.push(folder);
  return folder;
};

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

describe('the installed package', () => {
  it('says in an empty folder how to begin, and nothing else', async () => {
    await using workbench = await startWorkbench({ workspace: kept(emptyFolder()), theme: 'light' });
    await workbench.openSidebar();
    await workbench.page
      .locator('.sidebar')
      .getByRole('button', { name: /Project/ })
      .first()
      .waitFor();
    expect(await workbench.notificationCount()).toBe(0);
    await workbench.shot('empty-light');
  });

  it('shows a bench as a tree', async () => {
    await using workbench = await startWorkbench({ workspace: kept(benchFolder()) });
    await workbench.openSidebar();
    await workbench
      .row(/^mnist_resnet/)
      .first()
      .waitFor();
    await workbench.expand(/^mnist_resnet/);
    await workbench.row(/^Optimizations/).waitFor();
    await workbench.expand(/^Optimizations/);
    await workbench
      .row(/^int8, .*optimization/)
      .first()
      .waitFor();
    expect(await workbench.notificationCount()).toBe(0);
    await workbench.shot('tree-dark');
  });
});
