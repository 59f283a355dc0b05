// Every operation of the bench, in the order of the API's documents.
import { datasetOperations } from './dataset/dataset';
import { datasetAddOperations } from './dataset/datasetAdd';
import { datasetPredefinedOperations } from './dataset/datasetPredefined';
import { dictionaryOperations } from './dictionary/dictionary';
import { exampleOperations } from './example/exampleOperations';
import { modelBoundaryOperations } from './model/modelBoundary';
import { modelFileOperations } from './model/modelFile';
import { modelGraphOperations } from './model/modelGraph';
import type { AnyOperation } from './operation';
import { benchmarkOperations } from './benchmark/benchmark';
import { diagnosisOperations } from './diagnosis/diagnosis';
import { optimizationOperations } from './optimization/optimization';
import { profilingOperations } from './profiling/profiling';
import { sensitivityOperations } from './sensitivity/sensitivity';
import { projectOperations } from './project/project';
import { projectCreateOperations } from './project/projectCreate';
import { filesystemOperations } from './machine/filesystem';
import { possibleValuesOperations } from './dictionary/possibleValues';
import { systemInfoOperations } from './machine/systemInfo';

export const operations: readonly AnyOperation[] = [
  ...projectCreateOperations,
  ...projectOperations,
  ...datasetAddOperations,
  ...datasetOperations,
  ...datasetPredefinedOperations,
  ...optimizationOperations,
  ...benchmarkOperations,
  ...profilingOperations,
  ...sensitivityOperations,
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
