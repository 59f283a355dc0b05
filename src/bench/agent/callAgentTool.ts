// Uses a tool of language models by its name; both doors, the editor and MCP, come this way.
import { agentTools } from '../../dictionary/agentTools';
import type { AgentToolName } from '../../dictionary/agentTools';
import type { AgentCall } from '../../protocol/agentChannel';
import type { Bench } from '../bench';
import { restrictedAccess } from '../fileAccess';
import { requestErrors } from '../requestErrors';
import { RequestReader } from '../requestReader';
import type { AgentTool } from './agentWork';
import { compareRuns } from './compareRuns';
import { getRun } from './getRun';
import { inspectModel } from './inspectModel';
import { startTuning } from './startTuning';
import { validateConfig } from './validateConfig';

const tools: Readonly<Record<AgentToolName, AgentTool>> = {
  inspect_model: inspectModel,
  validate_config: validateConfig,
  start_tuning: startTuning,
  get_run: getRun,
  compare_runs: compareRuns,
};

/** Answers in Markdown. Throws BenchError: its sentence and next step are for the model to act on. */
export async function callAgentTool(bench: Bench, { name, input, folders, requestId }: AgentCall): Promise<string> {
  const entry = agentTools.find((one) => one.name === name);
  if (entry === undefined) throw requestErrors.refused('no-tool', `There is no tool ${JSON.stringify(name)}.`);
  const unknown = Object.keys(input).find((key) => !Object.hasOwn(entry.inputSchema.properties, key));
  if (unknown !== undefined) {
    const known = Object.keys(entry.inputSchema.properties).join(', ');
    throw requestErrors.refused('unknown-key', `${name} has no ${JSON.stringify(unknown)}.`, `It takes ${known}.`);
  }
  const access = restrictedAccess(bench.workspace, folders);
  return await tools[entry.name]({ bench, input: RequestReader.of(input), access, requestId: requestId ?? null });
}
