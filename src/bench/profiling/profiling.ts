// Operations on profilings (SYSTEMS §1.3): add, details, list, edit, execute, delete, results and files.
import { existsSync } from 'node:fs';
import { attachmentNameOf } from '../attachmentName';
import type { Bench } from '../bench';
import { answeringFile, answeringLater, answeringNow } from '../operation';
import type { FileOperation, Operation } from '../operation';
import { profilingAdd, profilingConfigText, profilingEdit } from './profilingAdd';
import { profilingCsv } from './profilingCsv';
import { profilingExecute } from './profilingRun';
import { profileOf, profilingDetails, profilingSummary, traceFileOf } from './profilingView';
import type { FoundProfile } from './profilingView';
import type { ByIdAndName } from '../project/project';
import { requestErrors } from '../requestErrors';
import type { RequestReader } from '../requestReader';
import { presentConfig } from '../runs/configFile';
import { namedParts } from '../runs/namedParts';
import { runList } from '../runs/runList';
import { runLogAnswer } from '../runs/runLogAnswer';
import { cancelRuns } from '../runs/activeRuns';

interface ById {
  readonly id: number;
}

function readId(parameters: RequestReader): ById {
  return { id: parameters.id('id', 'profiling') };
}

export const profilingShow: Operation<ById, object> = {
  path: 'profiling',
  summary: 'Show a profiling: its settings, its newest run, and the times by operator type and node.',
  read: readId,
  run: async (bench, { id }) => {
    const record = await bench.get('profiling', id);
    const [newest] = await bench.store.runs('profiling', id);
    return profilingDetails(bench, record, newest, await namedParts(bench, record));
  },
};

export const profilingList: Operation<{ readonly projectId: number }, object> = {
  path: 'profiling/list',
  summary: 'List the profilings of a project.',
  read: (parameters) => ({ projectId: parameters.id('project_id', 'project') }),
  run: async (bench, { projectId }) => {
    const profilings = await runList(bench, 'profiling', projectId, (record, newest, partsOf) =>
      profilingSummary(bench, record, newest, partsOf(record)),
    );
    return bench.withProblems({ profilings }, 'profiling', projectId);
  },
};

export const profilingDelete: Operation<ByIdAndName, { readonly id: number | null }> = {
  path: 'profiling/delete',
  summary: 'Delete a profiling with its results; id and name have to fit.',
  read: (parameters) => ({ ...readId(parameters), name: parameters.text('name') }),
  run: async (bench, { id, name }) => {
    const record = await bench.store.find('profiling', id);
    if (record?.name !== name) return { id: null };
    await cancelRuns(bench, 'profiling', id);
    return { id: (await bench.store.remove('profiling', id)) ? id : null };
  },
};

export const profilingResultsCsv: FileOperation<ById> = {
  path: 'profiling/results/csv',
  summary: 'Save the times by operator type as CSV.',
  read: readId,
  run: async (bench, { id }) => {
    const { name } = await bench.get('profiling', id);
    const { result } = await resultsOf(bench, id);
    return {
      contentType: 'text/csv; charset=utf-8',
      content: { text: profilingCsv(result.ops) },
      attachmentName: `${attachmentNameOf(name, 'profiling')}.csv`,
    };
  },
};

export const profilingTrace: FileOperation<ById> = {
  path: 'profiling/trace',
  summary: "Save the engine's own record of a profiling, for trace viewers such as ui.perfetto.dev.",
  read: readId,
  run: async (bench, { id }) => {
    const { name } = await bench.get('profiling', id);
    const trace = traceFileOf((await resultsOf(bench, id)).run.folder);
    if (!existsSync(trace)) {
      throw requestErrors.refused('no-trace', `The record of the profiling ${id} is gone.`, 'Run the profiling again.');
    }
    return {
      contentType: 'application/json',
      content: { path: trace },
      attachmentName: `${attachmentNameOf(name, 'profiling')}.trace.json`,
    };
  },
};

async function resultsOf(bench: Bench, id: number): Promise<FoundProfile> {
  const [newest] = await bench.store.runs('profiling', id);
  const found = await profileOf(bench, id, newest);
  if (found !== undefined) return found;
  throw requestErrors.refused('no-results', `The profiling ${id} has no results.`, 'Run the profiling first.');
}

export const profilingConfig: FileOperation<ById> = {
  path: 'profiling/config.yaml',
  summary: 'Show what a profiling measures, as a config.yaml.',
  read: readId,
  run: async (bench, { id }) => {
    const path = await presentConfig(bench, 'profiling', id, profilingConfigText);
    return { contentType: 'text/yaml; charset=utf-8', content: { path } };
  },
};

export const profilingLog: FileOperation<ById> = {
  path: 'profiling/output.log',
  summary: 'Show what the newest run of a profiling printed.',
  read: readId,
  run: async (bench, { id }) => runLogAnswer(bench, 'profiling', id),
};

export const profilingOperations = [
  answeringNow(profilingAdd),
  answeringNow(profilingShow),
  answeringNow(profilingEdit),
  answeringFile(profilingResultsCsv),
  answeringNow(profilingList),
  answeringLater(profilingExecute),
  answeringNow(profilingDelete),
  answeringFile(profilingConfig),
  answeringFile(profilingLog),
  answeringFile(profilingTrace),
];
