// What the extension adds to the editor, one line a contribution.
import { registerCommands } from './commands/commands';
import { registerGraphs } from './editors/graphs';
import { registerLanguageModelTools } from './lm/languageModelTools';
import { registerTasks } from './tasks/benchTasks';
import { registerPipelineScripts } from './tasks/pipelineScripts';
import type { Disposes } from './disposing';
import type { Services } from './services';
import { registerBenchmarksPanel } from './panels/benchmarksPanel';
import { registerDiagnosisPanel } from './panels/diagnosisPanel';
import { registerPreviewPanel } from './panels/previewPanel';
import { registerProfilingPanel } from './panels/profilingPanel';
import { registerProjectPanel } from './panels/projectPanel';
import { registerSensitivityPanel } from './panels/sensitivityPanel';
import { registerTuningHistoryPanel } from './panels/tuningHistoryPanel';
import { registerSidebar } from './tree/sidebar';
import { registerYamlHelp } from './yaml/yamlHelp';

/** Registers something with the editor, until what it gives is disposed of. Starts no process and looks at no file. */
export type Contribution = (services: Services) => Disposes;

/** All of them. */
export const contributions: readonly Contribution[] = [
  registerCommands,
  registerSidebar,
  registerGraphs,
  registerTasks,
  registerPipelineScripts,
  registerLanguageModelTools,
  registerYamlHelp,
  registerTuningHistoryPanel,
  registerProfilingPanel,
  registerSensitivityPanel,
  registerDiagnosisPanel,
  registerProjectPanel,
  registerBenchmarksPanel,
  registerPreviewPanel,
];
