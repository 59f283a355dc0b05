// Operations on optimizations (SYSTEMS §1.3): add, details, list, edit, execute, pin, delete, and their files.
import { answeringFile, answeringLater, answeringNow } from '../operation';
import type { FileOperation, Operation } from '../operation';
import { optimizationAdd } from './optimizationAdd';
import { optimizationDelete } from './optimizationDelete';
import { optimizationEdit } from './optimizationEdit';
import { optimizationExecute } from './optimizationExecute';
import { presentConfig } from './optimizationParts';
import { pinAccuracyBenchmark, pinPerformanceBenchmark } from './optimizationPins';
import { optimizationDetails, optimizationSummary } from './optimizationView';
import type { RequestReader } from '../requestReader';
import { runLogAnswer } from '../runs/runLogAnswer';

interface ById {
  readonly id: number;
}

function readId(parameters: RequestReader): ById {
  return { id: parameters.id('id', 'optimization') };
}

export const optimizationShow: Operation<ById, object> = {
  path: 'optimization',
  summary: 'Show an optimization: its settings, its newest run and what came of it.',
  read: readId,
  run: async (bench, { id }) => optimizationDetails(bench, await bench.get('optimization', id)),
};

export const optimizationList: Operation<{ readonly projectId: number }, object> = {
  path: 'optimization/list',
  summary: 'List the optimizations of a project.',
  read: (parameters) => ({ projectId: parameters.id('project_id', 'project') }),
  run: async (bench, { projectId }) => {
    await bench.get('project', projectId);
    const newest = await bench.store.newestRuns('optimization', { projectId });
    const optimizations = [];
    for (const record of await bench.store.list('optimization', { projectId })) {
      optimizations.push(await optimizationSummary(bench, record, newest.get(record.id)));
    }
    return { optimizations };
  },
};

export const optimizationConfig: FileOperation<ById> = {
  path: 'optimization/config.yaml',
  summary: 'Show the config.yaml that an optimization runs.',
  read: readId,
  run: async (bench, { id }) => {
    const path = await presentConfig(bench, await bench.get('optimization', id));
    return { contentType: 'text/yaml; charset=utf-8', content: { path } };
  },
};

export const optimizationLog: FileOperation<ById> = {
  path: 'optimization/output.log',
  summary: 'Show what the newest run of an optimization printed.',
  read: readId,
  run: async (bench, { id }) => runLogAnswer(bench, 'optimization', id),
};

export const optimizationOperations = [
  answeringNow(optimizationAdd),
  answeringNow(optimizationShow),
  answeringNow(optimizationEdit),
  answeringNow(optimizationList),
  answeringLater(optimizationExecute),
  answeringNow(pinAccuracyBenchmark),
  answeringNow(pinPerformanceBenchmark),
  answeringNow(optimizationDelete),
  answeringFile(optimizationConfig),
  answeringFile(optimizationLog),
];
