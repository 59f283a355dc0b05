// Deleting an optimization: its run is stopped, and the model it made goes with what belongs to that.
import type { OptimizationRecord } from '../../store/records';
import type { Bench } from '../bench';
import type { Operation } from '../operation';
import { modelsMadeBy, partsOfModel, removeModel } from './optimizedModels';
import type { ByIdAndName } from '../project/project';
import { cancelRuns } from '../runs/activeRuns';

export const optimizationDelete: Operation<ByIdAndName, { readonly id: number | null }> = {
  path: 'optimization/delete',
  summary: 'Delete an optimization with the model it made; id and name have to fit.',
  read: (parameters) => ({ id: parameters.id('id', 'optimization'), name: parameters.text('name') }),
  run: async (bench, { id, name }) => {
    const optimization = await bench.store.find('optimization', id);
    if (optimization?.name !== name) return { id: null };
    await cancelRuns(bench, 'optimization', id);
    await removeOptimizedModels(bench, optimization);
    return { id: (await bench.store.remove('optimization', id)) ? id : null };
  },
};

async function removeOptimizedModels(bench: Bench, optimization: OptimizationRecord): Promise<void> {
  for (const model of await modelsMadeBy(bench.store, optimization)) {
    for (const { kind, id } of await partsOfModel(bench.store, model)) await cancelRuns(bench, kind, id);
    await removeModel(bench.store, model);
  }
}
