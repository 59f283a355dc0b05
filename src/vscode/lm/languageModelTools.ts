// The tools of language models in the editor: each call goes to the process of the bench; what starts something asks first.
import { Disposable, LanguageModelTextPart, LanguageModelToolResult, MarkdownString, lm, workspace } from 'vscode';
import type { LanguageModelTool, LanguageModelToolInvocationPrepareOptions, PreparedToolInvocation } from 'vscode';
import { agentTools } from '../../dictionary/agentTools';
import type { AgentToolEntry } from '../../dictionary/agentTools';
import { agentMethod } from '../../protocol/agentChannel';
import { failureRecordOf } from '../../protocol/benchError';
import { replacedMethod, replacedNames } from '../../protocol/runControl';
import { keptInTrash } from '../commands/explaining';
import { askForRun } from '../commands/runs';
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
    prepareInvocation: (options) => preparationOf(entry, benches, options),
    invoke: async ({ input }, token) => answer(await textOf(entry, benches, input, token)),
  };
}

async function preparationOf(
  { title, isStarting }: AgentToolEntry,
  benches: Benches,
  { input }: LanguageModelToolInvocationPrepareOptions<ToolInput>,
): Promise<PreparedToolInvocation> {
  const invocationMessage = `${title}…`;
  const subject = isStarting ? await subjectOf(benches, input) : undefined;
  // Without one the call is refused, and nobody need be asked before.
  if (subject === undefined) return { invocationMessage };
  const message = new MarkdownString('Tune ').appendText(subject.text);
  message.appendMarkdown(
    '? The run takes from seconds to hours of this machine, can be cancelled in the view *Jobs*, and writes only into a new folder below `.compressor-bench`.',
  );
  if (subject.lost !== '') {
    message
      .appendMarkdown('\n\nWhen it has a result, what was measured of the present optimized model goes with that: ')
      .appendText(`${subject.lost}. ${keptInTrash}`);
  }
  return { invocationMessage, confirmationMessages: { title: 'Start a tuning', message } };
}

/** What is to be tuned, as a person may recognize it, and what its run would take away; undefined: none, or two, are named. */
async function subjectOf(
  { all: [bench] }: Benches,
  { config_path: config, optimization_id: id }: ToolInput,
): Promise<{ readonly text: string; readonly lost: string } | undefined> {
  if ((config === undefined) === (id === undefined)) return undefined;
  if (id === undefined) return { text: String(config), lost: '' };
  const replaced = await bench?.ask(replacedMethod, { id: Number(id) }).catch(() => undefined);
  if (replaced === undefined) return { text: `optimization ${JSON.stringify(id)}`, lost: '' };
  return { text: `the optimization "${replaced.name}"`, lost: replacedNames(replaced) };
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
    if (!isStarting) return await bench.ask(agentMethod, { name, input, folders }, { token });
    const { text } = (await subjectOf(benches, input)) ?? { text: 'nothing' };
    return await askForRun({ bench, subject: `The tuning of ${text}`, name: text }, (requestId) =>
      bench.ask(agentMethod, { name, input, folders, requestId }, { token }),
    ).finally(() => bench.tellRecordsChanged());
  } catch (thrown) {
    const { message, nextStep } = failureRecordOf(thrown);
    return [message, nextStep ?? ''].join(' ').trim();
  }
}

function answer(text: string): LanguageModelToolResult {
  return new LanguageModelToolResult([new LanguageModelTextPart(text)]);
}
