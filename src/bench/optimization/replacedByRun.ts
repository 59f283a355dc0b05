// What a run of an optimization removes when it succeeds, for the doors that say so before one is asked for.
import type { ReplacedFacts } from '../../protocol/runControl';
import type { Bench } from '../bench';
import { modelsMadeBy, partsOfModel } from './optimizedModels';

/** What goes with the present optimized model (see `finishOptimization`). Throws RequestError for an unknown id. */
export async function replacedByRun(bench: Bench, { id }: { readonly id: number }): Promise<ReplacedFacts> {
  const optimization = await bench.get('optimization', id);
  const models = await modelsMadeBy(bench.store, optimization);
  const parts = await Promise.all(models.map((model) => partsOfModel(bench.store, model)));
  return {
    name: optimization.name,
    hasModel: models.length > 0,
    parts: parts.flat().map(({ kind, name }) => ({ kind, name })),
  };
}
