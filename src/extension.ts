// Entry of the extension: makes the services, registers the contributions. Nothing else happens until somebody asks.
import type { ExtensionContext } from 'vscode';
import { makeApi } from './vscode/api/benchApi';
import type { BenchApi } from './vscode/api/benchApi';
import { contributions } from './vscode/contributions';
import { makeServices } from './vscode/services';

/** Called by the editor when a contribution is first needed; gives what other extensions may use. */
export function activate(context: ExtensionContext): BenchApi {
  const services = makeServices(context);
  context.subscriptions.push(...contributions.map((register) => register(services)), services);
  return makeApi(services);
}
