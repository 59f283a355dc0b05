// `compressor-bench mcp` as a client of MCP uses it: real processes, the client of the protocol's own library.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentTools } from '../../src/dictionary/agentTools';
import { bundlesForTest } from '../processes/bundle';
import { mnistFolder } from '../support/mnistTuning';
import { temporaryFolder } from '../support/temporaryFolder';

const workspace = temporaryFolder();
const client = new Client({ name: 'test', version: '1' });
let transport: StdioClientTransport;

beforeAll(async () => {
  cpSync(join(mnistFolder, 'mnist_resnet.onnx'), join(workspace.path, 'model.onnx'));
  const outdir = await bundlesForTest({ mcp: 'src/cli/main.ts', queue: 'src/queue.ts', job: 'src/job.ts' });
  const args = [join(outdir, 'mcp.js'), 'mcp', '--workspace', workspace.path];
  transport = new StdioClientTransport({ command: process.execPath, args, stderr: 'pipe' });
  await client.connect(transport);
});
afterAll(async () => client.close());

interface ToolAnswer {
  readonly isError?: boolean;
  readonly content: readonly { readonly type: string; readonly text: string }[];
}

const use = async (name: string, args: Record<string, unknown>): Promise<ToolAnswer> =>
  (await client.callTool({ name, arguments: args })) as unknown as ToolAnswer;

describe('mcp', () => {
  it('offers the tools of the editor, and says which of them only read', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(agentTools.map(({ name }) => name));
    expect(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name)).toEqual([
      'start_tuning',
    ]);
  });

  it('answers a call in Markdown', async () => {
    const { content, isError } = await use('inspect_model', { path: 'model.onnx' });
    expect(isError).toBeUndefined();
    expect(content[0]?.text).toContain('15 Conv');
  });

  it('answers what it refuses with a sentence and the next step', async () => {
    const { content, isError } = await use('inspect_model', { path: '/etc/passwd' });
    expect(isError).toBe(true);
    expect(content[0]?.text).toContain('not allowed');
  });

  it('ends when its client lets go', async () => {
    const { pid } = transport;
    await client.close();
    expect(() => process.kill(pid!, 0)).toThrow();
  });
});
