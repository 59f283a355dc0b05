// Every operation of the bench, in the order of the API's documents.
import { datasetOperations } from './dataset';
import { datasetAddOperations } from './datasetAdd';
import { datasetPredefinedOperations } from './datasetPredefined';
import { dictionaryOperations } from './dictionary';
import { exampleOperations } from './exampleOperations';
import { modelBoundaryOperations } from './modelBoundary';
import { modelFileOperations } from './modelFile';
import { modelGraphOperations } from './modelGraph';
import type { AnyOperation } from './operation';
import { benchmarkOperations } from './benchmark';
import { diagnosisOperations } from './diagnosis';
import { optimizationOperations } from './optimization';
import { profilingOperations } from './profiling';
import { projectOperations } from './project';
import { projectCreateOperations } from './projectCreate';
import { filesystemOperations } from './filesystem';
import { possibleValuesOperations } from './possibleValues';
import { systemInfoOperations } from './systemInfo';

export const operations: readonly AnyOperation[] = [
  ...projectCreateOperations,
  ...projectOperations,
  ...datasetAddOperations,
  ...datasetOperations,
  ...datasetPredefinedOperations,
  ...optimizationOperations,
  ...benchmarkOperations,
  ...profilingOperations,
  ...diagnosisOperations,
  ...dictionaryOperations,
  ...exampleOperations,
  ...modelFileOperations,
  ...modelBoundaryOperations,
  ...modelGraphOperations,
  ...filesystemOperations,
  ...possibleValuesOperations,
  ...systemInfoOperations,
];
