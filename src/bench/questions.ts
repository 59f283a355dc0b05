// Every question of the editor that the process of a bench answers.
import { callMethod, fileMethod, finishMethod } from '../protocol/benchChannel';
import { answering } from './question';
import type { Question } from './question';
import { callOperation, fileOfOperation, finishOperation } from './operationCalls';

export const questions: readonly Question[] = [
  answering(callMethod, callOperation),
  answering(fileMethod, fileOfOperation),
  answering(finishMethod, finishOperation),
];
