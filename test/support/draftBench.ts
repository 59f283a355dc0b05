// A bench with as little in it as a report needs: a project, its model and a data set, each with the id 1.
import type { Bench } from '../../src/bench/bench';
import { openBench } from '../../src/bench/openBench';
import { datasetDraft, modelDraft, projectDraft } from '../store/drafts';

/** Opens the bench; whoever asked for it closes it. */
export async function draftBench(workspace: string): Promise<Bench> {
  const bench = await openBench(workspace);
  await bench.store.create('project', projectDraft('digits'));
  await bench.store.create('model', modelDraft(1));
  await bench.store.create('dataset', datasetDraft(1));
  return bench;
}
