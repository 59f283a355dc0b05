// Every question of the editor that the process of a bench answers. What the tree shows is there at once, the rest is
// loaded when it is first asked for.
import { agentMethod } from '../protocol/agentChannel';
import { callMethod, fileMethod, finishMethod } from '../protocol/benchChannel';
import { exampleMethod } from '../protocol/examples';
import { exportMethod } from '../protocol/exports';
import { jobsMethod, partsMethod, precisionMethod, projectsMethod, unprunableMethod } from '../protocol/facts';
import { benchmarksFileMethod, benchmarksReportMethod } from '../protocol/panels/benchmarks';
import {
  cancelDiagnosisMethod,
  diagnosisHistogramsMethod,
  diagnosisReportMethod,
  startDiagnosisMethod,
} from '../protocol/panels/diagnosis';
import { newDatasetMethod } from '../protocol/ownCode';
import { datasetPreviewMethod } from '../protocol/panels/preview';
import { profilingComparisonMethod, profilingReportMethod } from '../protocol/panels/profiling';
import { saveNotesMethod } from '../protocol/panels/project';
import { pruningRecipeMethod, sensitivityReportMethod, sparsityAllocationMethod } from '../protocol/panels/sensitivity';
import { trialSettingsMethod, tuningHistoryMethod } from '../protocol/panels/tuningHistory';
import {
  cancelRunMethod,
  datasetFileMethod,
  datasetProblemMethod,
  datasetTextMethod,
  replacedMethod,
  tuneConfigMethod,
} from '../protocol/runControl';
import { jobsOf } from './facts/jobs';
import { partsOf, projectsOf } from './facts/projects';
import { graphQuestions } from './graph/graphQuestions';
import { answering, answeringLate } from './question';
import type { Question } from './question';

export const questions: readonly Question[] = [
  answering(projectsMethod, projectsOf),
  answering(partsMethod, partsOf),
  answering(jobsMethod, jobsOf),
  answering(cancelRunMethod, ({ queue }, { folder }) => queue.cancel(folder)),
  ...graphQuestions,
  answeringLate(callMethod, async () => (await import('./operationCalls')).callOperation),
  answeringLate(fileMethod, async () => (await import('./operationCalls')).fileOfOperation),
  answeringLate(finishMethod, async () => (await import('./operationCalls')).finishOperation),
  answeringLate(agentMethod, async () => (await import('./agent/callAgentTool')).callAgentTool),
  answering(precisionMethod, async (_, { path }) => (await import('./facts/precision')).precisionOfFile(path)),
  answering(unprunableMethod, async (_, { path }) =>
    (await import('./sensitivity/sensitivityAdd')).unprunableReason(path),
  ),
  answering(datasetTextMethod, async (bench, { id }) =>
    (await import('./dataset/datasetText')).datasetText(bench, await bench.get('dataset', id)),
  ),
  answering(
    datasetFileMethod,
    async (_, { path }) => (await import('./dataset/datasetFileRequest')).datasetFileRequest(path).parameters,
  ),
  answering(datasetProblemMethod, async (bench, parameters) =>
    (await import('./dataset/datasetAdd')).datasetProblem(bench, parameters),
  ),
  answering(newDatasetMethod, async (_, request) => (await import('./dataset/newDataset')).writeNewDataset(request)),
  answeringLate(exportMethod, async () => (await import('./export/exportResult')).exportResult),
  answeringLate(exampleMethod, async () => (await import('./example/chosenExample')).addChosenExample),
  answeringLate(benchmarksReportMethod, async () => (await import('./reports/benchmarks')).benchmarksReport),
  answeringLate(benchmarksFileMethod, async () => (await import('./reports/benchmarksFile')).benchmarksFile),
  answeringLate(profilingReportMethod, async () => (await import('./reports/profiling')).profilingReport),
  answeringLate(profilingComparisonMethod, async () => (await import('./reports/profiling')).profilingComparison),
  answeringLate(diagnosisReportMethod, async () => (await import('./reports/diagnosis')).diagnosisReport),
  answeringLate(startDiagnosisMethod, async () => (await import('./reports/diagnosis')).diagnosisStart),
  answeringLate(cancelDiagnosisMethod, async () => (await import('./reports/diagnosis')).diagnosisCancel),
  answeringLate(diagnosisHistogramsMethod, async () => (await import('./reports/diagnosis')).diagnosisHistograms),
  answeringLate(datasetPreviewMethod, async () => (await import('./reports/preview')).datasetPreview),
  answeringLate(sensitivityReportMethod, async () => (await import('./reports/sensitivity')).sensitivityReport),
  answeringLate(
    sparsityAllocationMethod,
    async () => (await import('./reports/sparsityAllocation')).sparsityAllocation,
  ),
  answeringLate(pruningRecipeMethod, async () => (await import('./reports/sparsityAllocation')).pruningRecipe),
  answeringLate(saveNotesMethod, async () => (await import('./reports/project')).saveNotes),
  answering(tuneConfigMethod, async (bench, { path, requestId }) => {
    await (await import('./optimization/looseTuning')).tuneConfig(bench, path, requestId);
    return null;
  }),
  answeringLate(replacedMethod, async () => (await import('./optimization/replacedByRun')).replacedByRun),
  answeringLate(tuningHistoryMethod, async () => (await import('./reports/tuningHistory')).tuningHistoryReport),
  answeringLate(trialSettingsMethod, async () => (await import('./reports/trialSettings')).trialSettings),
];
