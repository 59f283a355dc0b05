// Every question of the editor that the process of a bench answers.
import { jobsMethod, partsMethod, precisionMethod, projectsMethod } from '../protocol/facts';
import { callMethod, fileMethod, finishMethod } from '../protocol/benchChannel';
import { jobsOf } from './facts/jobs';
import { precisionOfFile } from './facts/precision';
import { partsOf, projectsOf } from './facts/projects';
import { agentMethod } from '../protocol/agentChannel';
import { callAgentTool } from './agent/callAgentTool';
import { cancelRunMethod, datasetFileMethod, datasetTextMethod } from '../protocol/runControl';
import { exampleMethod } from '../protocol/examples';
import { exportMethod } from '../protocol/exports';
import { addChosenExample } from './example/chosenExample';
import { datasetText } from './dataset/datasetText';
import { datasetFileRequest } from './dataset/datasetFileRequest';
import { exportResult } from './export/exportResult';
import { graphQuestions } from './graph/graphQuestions';
import {
  cancelDiagnosisMethod,
  diagnosisHistogramsMethod,
  diagnosisReportMethod,
  startDiagnosisMethod,
} from '../protocol/panels/diagnosis';
import { benchmarksFileMethod, benchmarksReportMethod } from '../protocol/panels/benchmarks';
import { profilingComparisonMethod, profilingReportMethod } from '../protocol/panels/profiling';
import { saveNotesMethod } from '../protocol/panels/project';
import { trialSettingsMethod, tuningHistoryMethod } from '../protocol/panels/tuningHistory';
import { benchmarksReport } from './reports/benchmarks';
import { benchmarksFile } from './reports/benchmarksFile';
import { diagnosisCancel, diagnosisHistograms, diagnosisReport, diagnosisStart } from './reports/diagnosis';
import { profilingComparison, profilingReport } from './reports/profiling';
import { saveNotes } from './reports/project';
import { trialSettings } from './reports/trialSettings';
import { tuningHistoryReport } from './reports/tuningHistory';
import { answering } from './question';
import type { Question } from './question';
import { callOperation, fileOfOperation, finishOperation } from './operationCalls';

export const questions: readonly Question[] = [
  answering(callMethod, callOperation),
  answering(fileMethod, fileOfOperation),
  answering(finishMethod, finishOperation),
  answering(agentMethod, callAgentTool),
  answering(projectsMethod, projectsOf),
  answering(partsMethod, partsOf),
  answering(jobsMethod, jobsOf),
  ...graphQuestions,
  answering(precisionMethod, (_bench, { path }) => precisionOfFile(path)),
  answering(cancelRunMethod, ({ queue }, { folder }) => queue.cancel(folder)),
  answering(datasetTextMethod, async (bench, { id }) => datasetText(bench, await bench.get('dataset', id))),
  answering(datasetFileMethod, (_, { path }) => datasetFileRequest(path).parameters),
  answering(exportMethod, exportResult),
  answering(exampleMethod, addChosenExample),
  answering(benchmarksReportMethod, benchmarksReport),
  answering(benchmarksFileMethod, benchmarksFile),
  answering(profilingReportMethod, profilingReport),
  answering(profilingComparisonMethod, profilingComparison),
  answering(diagnosisReportMethod, diagnosisReport),
  answering(startDiagnosisMethod, diagnosisStart),
  answering(cancelDiagnosisMethod, diagnosisCancel),
  answering(diagnosisHistogramsMethod, diagnosisHistograms),
  answering(saveNotesMethod, saveNotes),
  answering(tuningHistoryMethod, tuningHistoryReport),
  answering(trialSettingsMethod, trialSettings),
];
