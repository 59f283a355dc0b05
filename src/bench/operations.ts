// Every operation of the bench, in the order of the API's documents.
import type { AnyOperation } from './operation';
import { projectOperations } from './project';

export const operations: readonly AnyOperation[] = [...projectOperations];
