// Entry of the extension: makes the services, registers the contributions. Nothing else happens until somebody asks.
import type { ExtensionContext } from 'vscode';
import { contributions } from './vscode/contributions';
import { makeServices } from './vscode/services';

/** Called by the editor when a contribution is first needed. */
export function activate(context: ExtensionContext): void {
  const services = makeServices(context);
  context.subscriptions.push(...contributions.map((register) => register(services)), services);
}
