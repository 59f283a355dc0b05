// Every question of the editor that the process of a bench answers.
import { jobsMethod, partsMethod, projectsMethod } from '../protocol/facts';
import { callMethod, fileMethod, finishMethod } from '../protocol/benchChannel';
import { jobsOf } from './facts/jobs';
import { partsOf, projectsOf } from './facts/projects';
import { agentMethod } from '../protocol/agentChannel';
import { callAgentTool } from './agent/callAgentTool';
import { answering } from './question';
import type { Question } from './question';
import { callOperation, fileOfOperation, finishOperation } from './operationCalls';

export const questions: readonly Question[] = [
  answering(callMethod, callOperation),
  answering(fileMethod, fileOfOperation),
  answering(finishMethod, finishOperation),
  answering(agentMethod, callAgentTool),
  answering(projectsMethod, projectsOf),
  answering(partsMethod, partsOf),
  answering(jobsMethod, jobsOf),
];
