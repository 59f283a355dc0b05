// `npm run bench:ui`: what people wait for in the installed package, in VS Code's window, each figure beside its goal.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../vscodeHost/installed';
import { startWorkbench } from '../ui/workbench';
import { layeredModel } from './graphAnswer';
import { writeLargeBench } from './storeBench';
import { typingTimes } from './typing';
import { median, printFigures } from './uiFigure';
import type { Figure } from './uiFigure';
import { graphFigures, graphTurns } from './uiGraphs';
import { memoryFigures } from './uiMemory';
import { startFigures } from './uiStart';

async function main(): Promise<void> {
  const figures = [...(await windowFigures()), ...(await memoryFigures()), await typingFigure(), ...sizeFigures()];
  printFigures('VS Code with the installed package, on this machine, medians', figures);
}

async function windowFigures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-ui-'));
  try {
    writeLargeBench(folder);
    writeFileSync(join(folder, 'nodes1000.onnx'), layeredModel(false, 1000));
    writeFileSync(join(folder, 'nodes10000.onnx'), layeredModel(false, 10_000));
    for (let turn = 0; turn < graphTurns; turn++) writeFileSync(join(folder, `page${turn}.md`), 'word\n');
    await using workbench = await startWorkbench({ workspace: folder });
    try {
      return [...(await startFigures(workbench)), ...(await graphFigures(workbench))];
    } catch (error) {
      await workbench.keepFailure('bench-failed');
      throw error;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function typingFigure(): Promise<Figure> {
  return {
    name: 'typing in a 300-line config, to diagnostics',
    value: median(await typingTimes()),
    unit: 'ms',
    goal: 50,
  };
}

function sizeFigures(): Figure[] {
  const kilobytes = (path: string): number => statSync(join(root, 'dist', path)).size / 1024;
  return [
    { name: 'dist/extension.js', value: kilobytes('extension.js'), unit: 'KB', goal: 400 },
    // Only with a file of ours open, and without its weight in activate().
    { name: '  and with a config open dist/languageClient.js', value: kilobytes('languageClient.js'), unit: 'KB' },
    { name: 'largest page, dist/webviews/graph.js', value: kilobytes('webviews/graph.js'), unit: 'KB', goal: 300 },
  ];
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
