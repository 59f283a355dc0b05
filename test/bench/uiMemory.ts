// Memory of the extension host: with nothing of ours in it, and with every page and a config open. The same host, because
// two of them differ by more than the extension takes.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readQuietly } from '../vscodeHost/codeServer';
import { benchFolder } from '../vscodeHost/fixtures';
import { openPage, pages } from '../ui/pages';
import { acceptAll } from '../ui/questions';
import { startWorkbench } from '../ui/workbench';
import type { Workbench } from '../ui/workbench';
import { median } from './uiFigure';
import type { Figure } from './uiFigure';

const hosts = 3;
const settleMs = 8000;

export async function memoryFigures(): Promise<Figure[]> {
  const folder = benchFolder();
  try {
    const added: number[] = [];
    for (let turn = 0; turn < hosts; turn++) added.push(await addedMegabytes(folder));
    return [
      {
        name: 'extension host, all pages and a config open, over itself before',
        value: median(added),
        unit: 'MB',
        goal: 60,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function addedMegabytes(workspace: string): Promise<number> {
  await using workbench = await startWorkbench({ workspace });
  await workbench.page.waitForTimeout(settleMs);
  const before = hostMegabytes(workbench);
  await workbench.openSidebar();
  await workbench
    .row(/^mnist_resnet/)
    .first()
    .waitFor();
  for (const page of pages) await openPage(workbench, page);
  await workbench.run('Compressor Bench: Open config.yaml of Optimization');
  await acceptAll(workbench, [/^int8/]);
  await workbench.page.getByText('Run Tuning').first().waitFor();
  await workbench.page.waitForTimeout(settleMs);
  return hostMegabytes(workbench) - before;
}

function hostMegabytes({ server }: Workbench): number {
  const sizes = server
    .extensionHosts()
    .map((pid) => Number(/VmRSS:\s+(\d+) kB/.exec(readQuietly(join('/proc', String(pid), 'status')))?.[1]));
  return Math.max(...sizes) / 1000;
}
