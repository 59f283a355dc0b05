// What handlers of commands are: functions of the services and of what was clicked, by the ids of the manifest.
import type { Services } from '../services';
import type { Given } from './given';

/** Does what a command says; what it throws is shown to the person. */
export type Handler = (services: Services, given: Given) => Promise<unknown>;

/** Handlers by the id of their command without `compressorBench.`. */
export type Handlers = Readonly<Record<string, Handler>>;
