// Gives memory back that was let go of: the engine of JavaScript collects it only when more is asked for.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** Collects garbage now, which takes tens of milliseconds: for when nobody waits. */
export function releaseMemory(): void {
  if (collect === undefined) {
    // A context made after this has the function, which ours has not.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
