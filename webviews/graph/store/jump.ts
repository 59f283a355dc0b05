// Ways to a node of which only the id is known: the model says which groups it is in.
import { nodeMethod } from '../../../src/protocol/panels/graph';
import { host } from '../../kit/host';
import type { GraphStore } from './graphStore';

/** Selects a node, opening the groups around it. */
export async function jumpTo(store: GraphStore, id: string): Promise<void> {
  if (store.picture?.rectOf(id) !== undefined) store.select(id);
  else await store.reveal(id, await groupsOf(store, id));
}

/** Selects a node, or the closed group it is in; a model without it has nothing selected. */
export async function selectAsShown(store: GraphStore, id: string | undefined): Promise<void> {
  if (id === undefined || store.picture?.rectOf(id) !== undefined) store.select(id);
  else store.select(store.nearestShown(await groupsOf(store, id)));
}

async function groupsOf(store: GraphStore, id: string): Promise<readonly string[]> {
  try {
    return (await host.request(nodeMethod, { path: store.path, id })).groups;
  } catch {
    // The other model has no such node.
    return [];
  }
}
