// The page of a profiling: its settings, its newest run, where the time goes, and which others it can be compared with.
import { existsSync } from 'node:fs';
import type {
  NodeTimeRow,
  OpTypeRow,
  OtherProfiling,
  ProfilingComparison,
  ProfilingReport,
  ProfilingTimes,
} from '../../protocol/panels/profiling';
import type { NodeProfile, ProfileResult } from '../../protocol/profiling';
import type { ModelRecord, ProfilingRecord } from '../../store/records';
import type { Bench } from '../bench';
import { newestRunFacts } from '../facts/runFacts';
import { keyFigures } from '../facts/keyFigures';
import { floatCounterparts, matchedOpsOf, originOf } from '../graph/floatCounterparts';
import { profileOf, traceFileOf } from '../profiling/profilingView';
import type { FoundProfile } from '../profiling/profilingView';
import { requestErrors } from '../requestErrors';
import { namedParts } from '../runs/namedParts';
import { comparedNodes, comparedOps, comparisonCautions, toldOfFloat } from './comparedProfilings';
import { jobProgressOf } from './jobProgress';

/** Everything the page shows. */
export async function profilingReport(bench: Bench, { id }: { readonly id: number }): Promise<ProfilingReport> {
  const record = await bench.get('profiling', id);
  const [newest] = await bench.store.runs('profiling', id);
  const { model, dataset } = await namedParts(bench, record);
  const project = await bench.get('project', record.projectId);
  const found = await profileOf(bench, id, newest);
  return {
    id,
    name: record.name,
    projectName: project.name,
    threads: record.threads,
    model:
      model === undefined
        ? null
        : {
            id: model.id,
            name: model.name,
            path: bench.absolutePath(model.path),
            supportsGraph: model.supportsGraph,
          },
    dataset: dataset === undefined ? null : { id: dataset.id, name: dataset.name },
    run: await newestRunFacts(bench, newest),
    job: await jobProgressOf(bench, newest),
    times: found === undefined ? null : timesOf(found),
    others: await othersOf(bench, record),
  };
}

function timesOf({ run, result }: FoundProfile): ProfilingTimes {
  const { times, runs, warmupRuns, data, inputShapes, warnings, environment, machine, modelSha256 } = result;
  return {
    measuredAt: run.endedAt,
    wallUs: times.wallUs,
    kernelUs: times.kernelUs,
    ...{ runs, warmupRuns, data, inputShapes, warnings, environment, machine, modelSha256 },
    hasTrace: result.trace !== null && existsSync(traceFileOf(run.folder)),
    ops: opRows(result),
    nodes: nodeRows(result.nodes),
  };
}

/** Shares are of all runs; a time of one inference is that share of what its nodes take. */
function opRows({ ops, times }: ProfileResult): readonly OpTypeRow[] {
  let cumulative = 0;
  return ops.map(({ opType, executions, definedNodes, modelNodes, shareOfTime: share }) => {
    cumulative += share;
    return { opType, executions, definedNodes, modelNodes, share, timeUs: share * times.kernelUs, cumulative };
  });
}

function nodeRows(nodes: readonly NodeProfile[]): readonly NodeTimeRow[] {
  let cumulative = 0;
  return nodes.map(({ node, opType, within, timeUs, shareOfTime: share, outputShapes, outputTypes, modelNodes }) => {
    cumulative += share;
    const outputs = outputShapes.map((shape, index) => `${outputTypes[index] ?? ''} [${shape.join(', ')}]`.trim());
    const names = modelNodes.map((one) => one.node);
    return { node, opType, within, timeUs, share, cumulative, outputs: outputs.join(', '), modelNodes: names };
  });
}

async function othersOf(bench: Bench, { id, projectId }: ProfilingRecord): Promise<readonly OtherProfiling[]> {
  const newest = await bench.store.newestRuns('profiling', { projectId });
  const others: OtherProfiling[] = [];
  for (const record of await bench.store.list('profiling', { projectId })) {
    if (record.id === id) continue;
    const wallUs = await keyFigures(bench, 'profiling', record.id, newest.get(record.id));
    if (wallUs !== undefined && wallUs !== null) others.push(await otherOf(bench, record));
  }
  return others;
}

async function otherOf(bench: Bench, record: ProfilingRecord): Promise<OtherProfiling> {
  const { id, name, threads } = record;
  const { model } = await namedParts(bench, record);
  return { id, name, threads, modelName: model?.name ?? 'a model that is gone' };
}

/** Two profilings of one project side by side. */
export async function profilingComparison(
  bench: Bench,
  { id, otherId }: { readonly id: number; readonly otherId: number },
): Promise<ProfilingComparison> {
  const [here, there] = await Promise.all([bench.get('profiling', id), bench.get('profiling', otherId)]);
  if (here.projectId !== there.projectId) {
    throw requestErrors.refused('other-project', `The profiling ${otherId} is not of the same project.`);
  }
  const [ours, theirs] = await Promise.all([resultOf(bench, id), resultOf(bench, otherId)]);
  const [ourNodes, theirNodes] = await inOneNaming(bench, [here, ours], [there, theirs]);
  return {
    other: await otherOf(bench, there),
    otherWallUs: theirs.times.wallUs,
    otherKernelUs: theirs.times.kernelUs,
    ops: comparedOps(ourNodes, theirNodes),
    nodes: comparedNodes(ourNodes, theirNodes),
    cautions: comparisonCautions(ours, theirs),
  };
}

type Profiled = readonly [record: ProfilingRecord, result: ProfileResult];

/** The nodes of both, told of the model that both models come from, or else of the float one of the two. */
async function inOneNaming(
  bench: Bench,
  ...profiled: readonly [Profiled, Profiled]
): Promise<readonly [readonly NodeProfile[], readonly NodeProfile[]]> {
  const [[one, { nodes: ours }], [other, { nodes: theirs }]] = profiled;
  const [here, there] = await Promise.all([
    bench.store.find('model', one.modelId),
    bench.store.find('model', other.modelId),
  ]);
  if (here === undefined || there === undefined || here.id === there.id) return [ours, theirs];
  const [origin, otherOrigin] = await Promise.all([originOf(bench, here), originOf(bench, there)]);
  const floatOne = here.precision.startsWith('int8') ? there : here;
  const common = origin.id === otherOrigin.id ? origin : floatOne;
  const told = (model: ModelRecord, nodes: readonly NodeProfile[]): readonly NodeProfile[] =>
    model.id === common.id ? nodes : toldOfFloat(nodes, floatCounterparts(matchedOpsOf(bench, common, model)));
  return [told(here, ours), told(there, theirs)];
}

async function resultOf(bench: Bench, id: number): Promise<ProfileResult> {
  const [newest] = await bench.store.runs('profiling', id);
  const found = await profileOf(bench, id, newest);
  if (found !== undefined) return found.result;
  throw requestErrors.refused('no-results', `The profiling ${id} has no results.`, 'Run the profiling first.');
}
