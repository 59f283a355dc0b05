// The tools of language models in the editor: each call goes to the process of the bench; what starts something asks first.
import { Disposable, LanguageModelTextPart, LanguageModelToolResult, MarkdownString, lm, workspace } from 'vscode';
import type { LanguageModelTool, LanguageModelToolInvocationPrepareOptions, PreparedToolInvocation } from 'vscode';
import { agentTools } from '../../dictionary/agentTools';
import type { AgentToolEntry } from '../../dictionary/agentTools';
import { agentMethod } from '../../protocol/agentChannel';
import { failureRecordOf } from '../../protocol/benchError';
import type { Contribution } from '../contributions';
import type { Benches } from '../bench/benches';

type ToolInput = Readonly<Record<string, unknown>>;

/** The name of a tool among those of all extensions. */
function toolIdOf({ name }: AgentToolEntry): string {
  return `compressorBench_${name}`;
}

/** The tools, for as long as the extension is active. */
export const registerLanguageModelTools: Contribution = ({ benches }) =>
  Disposable.from(...agentTools.map((entry) => lm.registerTool(toolIdOf(entry), toolOf(entry, benches))));

function toolOf(entry: AgentToolEntry, benches: Benches): LanguageModelTool<ToolInput> {
  return {
    prepareInvocation: (options) => preparationOf(entry, options),
    invoke: async ({ input }, token) => answer(await textOf(entry, benches, input, token)),
  };
}

function preparationOf(
  { title, isStarting }: AgentToolEntry,
  { input }: LanguageModelToolInvocationPrepareOptions<ToolInput>,
): PreparedToolInvocation {
  const invocationMessage = `${title}…`;
  if (!isStarting) return { invocationMessage };
  const message = new MarkdownString('Tune ').appendText(subjectOf(input));
  message.appendMarkdown(
    '? The run takes from seconds to hours of this machine, can be cancelled in the view *Jobs*, and writes only into a new folder below `.compressor-bench`.',
  );
  return { invocationMessage, confirmationMessages: { title: 'Start a tuning', message } };
}

/** What is to be tuned, as a person may recognize it. */
function subjectOf({ config_path: config, optimization_id: id }: ToolInput): string {
  return typeof config === 'string' ? config : `optimization ${typeof id === 'number' ? id : '?'}`;
}

/** A failure is an answer, too: the model reads what to do next. */
async function textOf(
  { name, isStarting }: AgentToolEntry,
  benches: Benches,
  input: ToolInput,
  token: Parameters<LanguageModelTool<ToolInput>['invoke']>[1],
): Promise<string> {
  const [bench] = benches.all;
  if (bench === undefined) return 'No folder is open. Ask the person to open the folder of the project first.';
  if (isStarting && !workspace.isTrusted) {
    return 'The workspace is not trusted: nothing is run in it. Ask the person to trust the workspace first.';
  }
  const folders = (workspace.workspaceFolders ?? []).flatMap(({ uri }) => (uri.scheme === 'file' ? [uri.fsPath] : []));
  try {
    return await bench.ask(agentMethod, { name, input, folders }, { token }).finally(() => {
      if (isStarting) bench.tellRecordsChanged();
    });
  } catch (thrown) {
    const { message, nextStep } = failureRecordOf(thrown);
    return [message, nextStep ?? ''].join(' ').trim();
  }
}

function answer(text: string): LanguageModelToolResult {
  return new LanguageModelToolResult([new LanguageModelTextPart(text)]);
}
