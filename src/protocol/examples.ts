// Beginning a project with an example, for a person who sees the download and may stop it.
import { method, textIn } from './methods';
import { recordOf } from './rpcMessages';

/** Which example, and how its project is called. */
export interface ExampleChoice {
  /** Of `examples/list`. */
  readonly model: string;
  /** Of the project. */
  readonly name: string;
}

/** Ids of what was made. */
export type ExampleIds = Readonly<
  Record<`${'project' | 'model' | 'dataset' | 'optimization' | 'benchmark'}_id`, number>
>;

/** Reports the download in percent. Cancelled: what was fetched so far is kept for the next attempt, nothing is made. */
export const exampleMethod = method<ExampleChoice, ExampleIds>('example/add', (value) => {
  const fields = recordOf(value, 'the parameters');
  return { model: textIn(fields, 'model', 200), name: textIn(fields, 'name', 50) };
});
