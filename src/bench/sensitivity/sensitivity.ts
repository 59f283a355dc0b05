// Operations on sensitivity analyses of pruning (SYSTEMS §6): add, details, list, edit, execute, delete, points as CSV, log.
import { attachmentNameOf } from '../attachmentName';
import { answeringFile, answeringLater, answeringNow } from '../operation';
import type { FileOperation, Operation } from '../operation';
import type { ByIdAndName } from '../project/project';
import type { RequestReader } from '../requestReader';
import { cancelRuns } from '../runs/activeRuns';
import { namedParts } from '../runs/namedParts';
import { runList } from '../runs/runList';
import { runLogAnswer } from '../runs/runLogAnswer';
import { requestErrors } from '../requestErrors';
import { sensitivityAdd } from './sensitivityAdd';
import { sensitivityCsv } from './sensitivityCsv';
import { sensitivityEdit } from './sensitivityEdit';
import { sensitivityExecute } from './sensitivityRun';
import { pointsOf, sensitivityDetails, sensitivitySummary } from './sensitivityView';

interface ById {
  readonly id: number;
}

function readId(parameters: RequestReader): ById {
  return { id: parameters.id('id', 'sensitivity') };
}

export const sensitivityShow: Operation<ById, object> = {
  path: 'sensitivity',
  summary: 'Show a sensitivity analysis: its settings, its newest run, and the points of every layer.',
  read: readId,
  run: async (bench, { id }) => {
    const record = await bench.get('sensitivity', id);
    const [newest] = await bench.store.runs('sensitivity', id);
    return sensitivityDetails(bench, record, newest, await namedParts(bench, record));
  },
};

export const sensitivityList: Operation<{ readonly projectId: number }, object> = {
  path: 'sensitivity/list',
  summary: 'List the sensitivity analyses of a project.',
  read: (parameters) => ({ projectId: parameters.id('project_id', 'project') }),
  run: async (bench, { projectId }) => {
    const sensitivities = await runList(bench, 'sensitivity', projectId, (record, newest, partsOf) =>
      sensitivitySummary(bench, record, newest, partsOf(record)),
    );
    return bench.withProblems({ sensitivities }, 'sensitivity', projectId);
  },
};

export const sensitivityDelete: Operation<ByIdAndName, { readonly id: number | null }> = {
  path: 'sensitivity/delete',
  summary: 'Delete a sensitivity analysis with its results; id and name have to fit.',
  read: (parameters) => ({ ...readId(parameters), name: parameters.text('name') }),
  run: async (bench, { id, name }) => {
    const record = await bench.store.find('sensitivity', id);
    if (record?.name !== name) return { id: null };
    await cancelRuns(bench, 'sensitivity', id);
    return { id: (await bench.store.remove('sensitivity', id)) ? id : null };
  },
};

export const sensitivityResultsCsv: FileOperation<ById> = {
  path: 'sensitivity/results/csv',
  summary: 'Save the points of every layer as CSV.',
  read: readId,
  run: async (bench, { id }) => {
    const record = await bench.get('sensitivity', id);
    const [newest] = await bench.store.runs('sensitivity', id);
    const found = await pointsOf(bench, record, newest);
    if (found === undefined) {
      throw requestErrors.refused('no-results', `The sensitivity ${id} has no results.`, 'Run the analysis first.');
    }
    return {
      contentType: 'text/csv; charset=utf-8',
      content: { text: sensitivityCsv(record, found) },
      attachmentName: `${attachmentNameOf(record.name, 'sensitivity')}.csv`,
    };
  },
};

export const sensitivityLog: FileOperation<ById> = {
  path: 'sensitivity/output.log',
  summary: 'Show what the newest run of a sensitivity analysis printed.',
  read: readId,
  run: async (bench, { id }) => runLogAnswer(bench, 'sensitivity', id),
};

export const sensitivityOperations = [
  answeringNow(sensitivityAdd),
  answeringNow(sensitivityShow),
  answeringNow(sensitivityEdit),
  answeringNow(sensitivityList),
  answeringLater(sensitivityExecute),
  answeringNow(sensitivityDelete),
  answeringFile(sensitivityResultsCsv),
  answeringFile(sensitivityLog),
];
