// The MCP server: the tools of language models over a bench, answered as Markdown; the bench is opened with the first call.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { callAgentTool } from '../bench/agent/callAgentTool';
import type { Bench } from '../bench/bench';
import { openBench } from '../bench/openBench';
import { productVersion } from '../config/product';
import { agentTools } from '../dictionary/agentTools';
import type { AgentCall } from '../protocol/agentChannel';
import { failureRecordOf } from '../protocol/benchError';

export interface ServedFolders {
  readonly workspace: string;
  /** Folders besides the workspace whose files may be named. */
  readonly folders: readonly string[];
}

/** Serves until stdin ends or `signal` aborts. */
export async function serveAgents({ workspace, folders }: ServedFolders, signal: AbortSignal): Promise<void> {
  let opened: Promise<Bench> | undefined;
  // The tools are described by JSON Schema, as the editor has them: they are answered below the level that wants zod.
  const { server } = new McpServer(
    { name: 'compressor-bench', version: productVersion },
    { capabilities: { tools: {} } },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: toolList() }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    opened ??= openBench(workspace);
    return answerOf(opened, { name: params.name, input: params.arguments ?? {}, folders });
  });
  const ended = new Promise<void>((resolve) => {
    server.onclose = resolve;
    process.stdin.once('end', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.connect(new StdioServerTransport());
  await ended;
  await server.close();
  await (await opened)?.[Symbol.asyncDispose]();
}

function toolList() {
  return agentTools.map(({ name, title, description, inputSchema, isStarting }) => ({
    name,
    title,
    description,
    inputSchema: { ...inputSchema, required: [...(inputSchema.required ?? [])] },
    annotations: { readOnlyHint: !isStarting, destructiveHint: false, openWorldHint: false },
  }));
}

/** A failure is an answer, too: the model reads what to do next. */
async function answerOf(opening: Promise<Bench>, call: AgentCall) {
  try {
    const text = await callAgentTool(await opening, call);
    return { content: [{ type: 'text' as const, text }] };
  } catch (thrown) {
    const { message, nextStep } = failureRecordOf(thrown);
    return { isError: true, content: [{ type: 'text' as const, text: [message, nextStep ?? ''].join(' ').trim() }] };
  }
}
