// Adds up a recording by op type: the rows a profiling has in the bench (SYSTEMS §1.3).
import type { GraphProto, ModelProto } from '../onnx/messages';
import { scopesOf } from '../onnx/modelWalk';
import type { OpTypeTime } from '../protocol/profiling';
import type { Recording } from './profileModel';

/**
 * One row for each op type of the executed graph, the longest time first. Times are those of the nodes, which leave out
 * disturbed runs, times the runs: one long interruption is not what an operator costs.
 *
 * @param model what the recorded graph was made from
 */
export function opTypeTimes(model: ModelProto, { graph, nodes, inner, runs: allRuns }: Recording): OpTypeTime[] {
  const inModel = countsOf(model, model.graph);
  const defined = countsOf({ ...model, functions: [] }, graph);
  const sums = new Map([...defined.keys()].map((opType) => [opType, { ownUs: 0, executions: 0 }]));
  let allUs = 0;
  for (const { opType, ownUs, runs } of [...nodes, ...inner]) {
    const sum = sums.get(opType) ?? { ownUs: 0, executions: 0 };
    sums.set(opType, { ownUs: sum.ownUs + ownUs, executions: sum.executions + runs });
    allUs += ownUs;
  }
  const rows = [...sums].map(([opType, { ownUs, executions }]) => ({
    opType,
    totalUs: Math.round(ownUs * allRuns),
    acceleratorUs: 0,
    cpuUs: Math.round(ownUs * allRuns),
    executions,
    definedNodes: defined.get(opType) ?? 0,
    modelNodes: inModel.get(opType) ?? 0,
    shareOfTime: allUs === 0 ? 0 : ownUs / allUs,
  }));
  return rows.sort((one, other) => other.totalUs - one.totalUs || (one.opType < other.opType ? -1 : 1));
}

/** How many nodes of each type there are in `graph`, in the bodies in it, and in the functions of `model`. */
function countsOf(model: ModelProto, graph: GraphProto | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const scope of scopesOf({ ...model, ...(graph === undefined ? {} : { graph }) })) {
    for (const { opType } of scope.graph.node) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  }
  return counts;
}
