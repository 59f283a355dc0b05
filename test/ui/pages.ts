// The pages of the extension, and how each is opened from the palette.
import { acceptAll } from './questions';
import type { Workbench } from './workbench';

export interface PageOfExtension {
  readonly name: string;
  readonly command: string;
  /** What is chosen where something is asked. */
  readonly answers: readonly RegExp[];
  /** Selector of something that is there when the page is complete. */
  readonly complete: string;
}

export const pages: readonly PageOfExtension[] = [
  { name: 'project', command: 'Show Project', answers: [], complete: 'textarea' },
  { name: 'tuningHistory', command: 'Show Tuning History', answers: [/^int8/], complete: 'bench-point-chart' },
  { name: 'benchmarks', command: 'Compare Benchmarks', answers: [], complete: 'bench-bar-chart' },
  { name: 'profiling', command: 'Show Profiling', answers: [], complete: 'bench-bar-chart' },
  { name: 'sensitivity', command: 'Show Sensitivity Analysis', answers: [], complete: 'layer-multiples' },
  { name: 'diagnosis', command: 'Diagnose Optimized Model', answers: [/^int8/], complete: 'h1' },
  { name: 'preview', command: 'Preview Data Set', answers: [], complete: 'h2' },
  { name: 'graph', command: 'Open Graph of Model', answers: [/^Input model/], complete: 'canvas' },
];

/** Opens a page in a window on `benchFolder`, and waits until it is complete. */
export async function openPage(workbench: Workbench, { command, answers, complete }: PageOfExtension): Promise<void> {
  await workbench.run(`Compressor Bench: ${command}`);
  const isAsked = await workbench.quickInput.waitFor({ timeout: 1500 }).then(
    () => true,
    () => false,
  );
  if (isAsked) await acceptAll(workbench, answers);
  await workbench.webview.locator(complete).first().waitFor();
}
