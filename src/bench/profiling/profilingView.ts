// Profilings as the API shows them: settings, model, data, newest run, and what the time went into.
import { join } from 'node:path';
import type { NodeProfile, OpTypeTime, ProfileResult, ProfileSpec } from '../../protocol/profiling';
import type { RunSummary } from '../../protocol/runs';
import type { ProfilingRecord } from '../../store/records';
import type { Bench } from '../bench';
import { commandLine } from '../commandLine';
import { configFileOf } from '../runs/configFile';
import type { NamedParts } from '../runs/namedParts';
import { jobSpecOf, newestResult, runView } from '../runs/runViews';
import { subjectView } from '../runs/subjectView';
import { dateView } from '../views';

/** A profiling in a list; details have more. */
export async function profilingSummary(
  bench: Bench,
  record: ProfilingRecord,
  newest: RunSummary | undefined,
  parts: NamedParts,
): Promise<Readonly<Record<string, unknown>>> {
  const { id, threads, createdAt, modifiedAt } = record;
  const spec = await jobSpecOf(newest);
  return {
    ...subjectView(bench, record, parts),
    num_threads: threads,
    config_path: await configFileOf(bench, 'profiling', id),
    execution_command: spec?.verb === 'profile' ? profilingCommandLine(spec) : null,
    created_at: dateView(createdAt),
    modified_at: dateView(modifiedAt),
    ...(await runView(bench, newest)),
  };
}

/** Everything about a profiling; without results before the first successful run. */
export async function profilingDetails(
  bench: Bench,
  record: ProfilingRecord,
  newest: RunSummary | undefined,
  parts: NamedParts,
): Promise<Readonly<Record<string, unknown>>> {
  const summary = await profilingSummary(bench, record, newest, parts);
  const found = await profileOf(bench, record.id, newest);
  if (found === undefined) return summary;
  const { run, result } = found;
  const { ops, nodes, times, runs, warmupRuns, data, inputShapes, trace, warnings, environment, machine } = result;
  return {
    ...summary,
    results: ops.map((op, index) => opView(record.id, index, op, run)),
    nodes: nodes.map(nodeView),
    // Microseconds of one inference: whole, and the sum over its nodes.
    inference_time: times.wallUs,
    kernel_time: times.kernelUs,
    runs,
    warmup_runs: warmupRuns,
    data,
    input_shapes: inputShapes,
    trace_path: trace === null ? null : traceFileOf(run.folder),
    warnings,
    environment,
    machine,
    model_sha256: result.modelSha256,
  };
}

/** The engine's own record of a run, for trace viewers. */
export function traceFileOf(runFolder: string): string {
  return join(runFolder, 'trace.json');
}

/** A successful run of a profiling with what it found. */
export interface FoundProfile {
  readonly run: RunSummary;
  readonly result: ProfileResult;
}

/** The newest successful run of a profiling; undefined for none. */
export async function profileOf(
  bench: Bench,
  id: number,
  newest: RunSummary | undefined,
): Promise<FoundProfile | undefined> {
  const found = await newestResult(bench, 'profiling', id, newest);
  if (found === undefined || !Array.isArray(found.result['ops']) || !Array.isArray(found.result['nodes'])) return;
  // Written by a job of this product.
  return { run: found.run, result: found.result as unknown as ProfileResult };
}

function opView(profilingId: number, index: number, op: OpTypeTime, { endedAt }: RunSummary): object {
  const { opType, totalUs, acceleratorUs, cpuUs, executions, definedNodes, modelNodes, shareOfTime } = op;
  return {
    id: index + 1,
    profiling_id: profilingId,
    node_name: opType,
    total_execution_time: Math.round(totalUs),
    accelerator_execution_time: Math.round(acceleratorUs),
    cpu_execution_time: Math.round(cpuUs),
    op_run: executions,
    op_defined: definedNodes,
    model_nodes: modelNodes,
    share_of_time: shareOfTime,
    created_at: dateView(endedAt),
  };
}

function nodeView(node: NodeProfile): object {
  return {
    node_name: node.node,
    op_type: node.opType,
    within: node.within,
    // Microseconds of one inference.
    execution_time: node.timeUs,
    share_of_time: node.shareOfTime,
    op_run: node.executions,
    output_shapes: node.outputShapes,
    output_types: node.outputTypes,
    provider: node.provider,
    model_nodes: node.modelNodes.map((one) => ({ name: one.node, op_type: one.opType })),
  };
}

function profilingCommandLine({ modelPath, datasetPath, runs, warmupRuns, threads }: ProfileSpec): string {
  return commandLine([
    ...['profile', modelPath],
    ...(datasetPath === undefined ? [] : ['--data', datasetPath]),
    ...['--runs', runs, '--warmup', warmupRuns, '--threads', threads],
  ]);
}
