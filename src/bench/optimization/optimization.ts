// Operations on optimizations (SYSTEMS §1.3): add, details, list, edit, execute, pin, delete, and their files.
import { answeringFile, answeringLater, answeringNow } from '../operation';
import type { FileOperation, Operation } from '../operation';
import { optimizationAdd } from './optimizationAdd';
import { optimizationDelete } from './optimizationDelete';
import { optimizationEdit } from './optimizationEdit';
import { optimizationExecute } from './optimizationExecute';
import { optimizationConfigText } from './optimizationParts';
import { pinAccuracyBenchmark, pinPerformanceBenchmark } from './optimizationPins';
import { madeParts, optimizationDetails, optimizationSummary } from './optimizationView';
import { pruningOfConfig } from './pruningOfConfig';
import { pruningTree, wizardTree } from './pruningView';
import type { SettingsTree } from './pruningView';
import type { RequestReader } from '../requestReader';
import { presentConfig } from '../runs/configFile';
import { runList } from '../runs/runList';
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
  run: async (bench, { id }) => {
    const record = await bench.get('optimization', id);
    const [newest] = await bench.store.runs('optimization', id);
    return optimizationDetails(bench, record, newest);
  },
};

export const optimizationList: Operation<{ readonly projectId: number }, object> = {
  path: 'optimization/list',
  summary: 'List the optimizations of a project.',
  read: (parameters) => ({ projectId: parameters.id('project_id', 'project') }),
  run: async (bench, { projectId }) => {
    const optimizations = await runList(bench, 'optimization', projectId, (record, newest, partsOf) =>
      optimizationSummary(bench, record, newest, partsOf(madeParts(record))),
    );
    return bench.withProblems({ optimizations }, 'optimization', projectId);
  },
};

export const optimizationPruning: Operation<ById, SettingsTree> = {
  path: 'optimization/pruning_details',
  summary: 'Show how an optimization prunes, as a tree of settings; empty for types that do not.',
  read: readId,
  run: async (bench, { id }) => {
    const settings = await pruningOfConfig(bench, await bench.get('optimization', id));
    return settings === null ? [] : pruningTree(settings);
  },
};

export const pruningWizard: Operation<null, SettingsTree> = {
  path: 'pruning/details_wizard',
  summary: 'Show how a new optimization of the type Pruning prunes, as a tree of settings.',
  read: () => null,
  run: () => Promise.resolve(wizardTree),
};

export const optimizationConfig: FileOperation<ById> = {
  path: 'optimization/config.yaml',
  summary: 'Show the config.yaml that an optimization runs.',
  read: readId,
  run: async (bench, { id }) => {
    const path = await presentConfig(bench, 'optimization', id, optimizationConfigText);
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
  answeringNow(optimizationPruning),
  answeringNow(pruningWizard),
  answeringFile(optimizationConfig),
  answeringFile(optimizationLog),
];
