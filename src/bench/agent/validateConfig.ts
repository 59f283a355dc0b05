// Tool validate_config: every mistake of a tuning config, or what it will do.
import { basename } from 'node:path';
import { maximumConfigBytes, readConfigText } from '../../config/configText';
import { problemText } from '../../config/configProblem';
import { checkTuningText } from '../../config/tuningFile';
import type { TuningConfig } from '../../config/tuningConfig';
import { requestErrors } from '../requestErrors';
import type { AgentTool } from './agentWork';

export const validateConfig: AgentTool = ({ input, access }) => {
  const named = input.text('path');
  const text = input.value('text');
  if (text !== undefined && (typeof text !== 'string' || text.length > maximumConfigBytes)) {
    throw requestErrors.valueIncorrect('text', `a text of at most ${maximumConfigBytes} characters`);
  }
  const path = text === undefined ? access.realPath(named) : `${access.realPath(folderOf(named))}/${basename(named)}`;
  const { config, problems } = checkTuningText(text ?? readConfigText(path), path, {
    isToBeTuned: true,
    looksForFiles: true,
  });
  if (config !== undefined) return Promise.resolve(`The config is valid. ${whatItDoes(config)}`);
  const lines = problems.map((problem) => `- ${problemText(basename(path), problem)}`);
  return Promise.resolve(
    `The config has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${lines.join('\n')}`,
  );
};

/** Files that are not there yet have at least a folder that is. */
function folderOf(path: string): string {
  return path.replace(/[^/\\]*$/, '') || '.';
}

function whatItDoes({ tuning }: TuningConfig): string {
  const { kind, tolerance } = tuning.criterion;
  const goal = kind === 'relative' ? `${tolerance * 100} % of the accuracy` : `${tolerance} of the accuracy`;
  return `Strategy ${tuning.strategy}; at most ${goal} may be lost; at most ${tuning.maxTrials} trials.`;
}
