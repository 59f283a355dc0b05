// How the editor asks the process of a bench to use a tool of a language model.
import { method, textIn } from './methods';
import { recordOf } from './rpcMessages';

/** A tool and what a model gave it; answered with Markdown. */
export interface AgentCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Folders whose files the call may name. */
  readonly folders: readonly string[];
  /** What the door calls a run that the call starts; absent where nobody waits for its end. */
  readonly requestId?: string;
}

/** Uses a tool; answers in Markdown. */
export const agentMethod = method<AgentCall, string>('agent/call', (value) => {
  const fields = recordOf(value, 'the parameters');
  const folders = fields['folders'];
  if (!Array.isArray(folders) || !folders.every((one): one is string => typeof one === 'string')) {
    throw new Error('"folders" is a list of paths');
  }
  return {
    name: textIn(fields, 'name', 100),
    input: recordOf(fields['input'], '"input"'),
    folders,
    ...(fields['requestId'] === undefined ? {} : { requestId: textIn(fields, 'requestId', 100) }),
  };
});
