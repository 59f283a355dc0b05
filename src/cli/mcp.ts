// `compressor-bench mcp`: offers a bench to language models over MCP on stdin and stdout, until the other side lets go.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { agentTools } from '../dictionary/agentTools';
import type { Command } from './command';
import { exitCodes } from './command';
import { usageError } from './usageError';

export const mcpCommand: Command = {
  spec: {
    name: 'mcp',
    positionals: '',
    minPositionals: 0,
    maxPositionals: 0,
    summary: 'Offer a bench to language models: an MCP server on stdin and stdout.',
    options: [
      {
        name: 'workspace',
        type: 'text',
        value: 'DIR',
        help: 'the folder whose .compressor-bench/ is worked with; its files, and no others, may be named',
        defaultText: 'the current folder',
      },
      {
        name: 'allow',
        type: 'text',
        value: 'DIR',
        repeatable: true,
        help: 'folder besides the workspace whose files may be named',
      },
    ],
    details: [
      'Tools:',
      ...agentTools.map(({ name, summary }) => `  ${name.padEnd(16)} ${summary}`),
      '',
      'A client such as an editor or an agent starts it by itself, with a setting such as',
      '  {"command": "compressor-bench", "args": ["mcp", "--workspace", "/path/of/project"]}',
      'Nothing is overwritten. Tunings go into the queue of the bench and go on when this program has ended.',
    ].join('\n'),
  },
  async run(parsed, signal) {
    const workspace = resolve(parsed.text('workspace') ?? '.');
    if ((await stat(workspace).catch(() => undefined))?.isDirectory() !== true) {
      throw usageError(`The folder of --workspace, ${workspace}, does not exist.`, 'mcp');
    }
    const { serveAgents } = await import('./mcpServer');
    await serveAgents({ workspace, folders: parsed.texts('allow') }, signal);
    return exitCodes.done;
  },
};
