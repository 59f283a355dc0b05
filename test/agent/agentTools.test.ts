// The tools of language models over a real bench: what they answer, what they refuse, and that nobody gets out of the workspace.
import { cpSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callAgentTool } from '../../src/bench/agent/callAgentTool';
import { openBench } from '../../src/bench/openBench';
import type { Bench } from '../../src/bench/bench';
import { agentTools } from '../../src/dictionary/agentTools';
import { runWords } from '../../src/protocol/runWords';
import { queueBundles } from '../processes/bundle';
import { failureOf } from '../support/failureOf';
import { mnistFolder } from '../support/mnistTuning';
import { temporaryFolder } from '../support/temporaryFolder';

const workspace = temporaryFolder();
const bundles = queueBundles();
let bench: Bench;

beforeAll(async () => {
  cpSync(mnistFolder, join(workspace.path, 'mnist'), { recursive: true });
  bench = await openBench(workspace.path, { ...bundles });
});
afterAll(async () => bench[Symbol.asyncDispose]());

const use = (name: string, input: Readonly<Record<string, unknown>>): Promise<string> =>
  callAgentTool(bench, { name, input, folders: [] });

const quickConfig = `model:
  path: mnist/mnist_resnet.onnx
quantization:
  calibration:
    sampling_size: 10
    dataloader: mnist/calibration.yaml
tuning:
  strategy: { name: basic }
  exit_policy: { max_trials: 1 }
`;

describe('inspect_model', () => {
  it('tells what the model is made of', async () => {
    const text = await use('inspect_model', { path: 'mnist/mnist_resnet.onnx' });
    expect(text).toContain('15 Conv');
    expect(text).toContain('(batch, 1, 28, 28)');
  });

  it.each(['/etc/passwd', '../outside.onnx', '', 'mnist/../../x.onnx', 'con.onnx', 'no\0name'])(
    'refuses %j with a sentence',
    async (path) => {
      expect((await failureOf(use('inspect_model', { path }))).code).toMatch(/^request-/);
    },
  );

  it('refuses links that lead out of the workspace', async () => {
    const outside = temporaryFolder();
    cpSync(join(mnistFolder, 'mnist_resnet.onnx'), join(outside.path, 'secret.onnx'));
    symlinkSync(join(outside.path, 'secret.onnx'), join(workspace.path, 'soft.onnx'));
    linkSync(join(outside.path, 'secret.onnx'), join(workspace.path, 'hard.onnx'));
    for (const path of ['soft.onnx', 'hard.onnx']) {
      await expect(use('inspect_model', { path })).rejects.toMatchObject({ code: 'request-access-denied' });
    }
  });
});

describe('validate_config', () => {
  it('lists every mistake with its line and the nearest name', async () => {
    const text = 'model: { pth: x }\ntuning: { strategy: { name: bayesan } }\n';
    const answer = await use('validate_config', { path: 'mnist/new.yaml', text });
    expect(answer).toContain('new.yaml:1:10 model.pth');
    expect(answer).toContain('Did you mean bayesian?');
  });

  it('says what a valid one does', async () => {
    expect(await use('validate_config', { path: 'mnist/tuning.yaml' })).toMatch(/^The config is valid\. Strategy auto/);
  });
});

describe('a tuning', () => {
  it('is started, followed, listed and compared by its id', { timeout: 120_000 }, async () => {
    writeFileSync(join(workspace.path, 'quick.bench.yaml'), quickConfig);
    const started = await use('start_tuning', { config_path: 'quick.bench.yaml' });
    const id = /`([^`]+)`/.exec(started)?.[1] ?? '';
    expect(id).toMatch(/^runs\/[\w-]+-tune$/);
    expect(await use('get_run', {})).toContain(id);
    const ended = await bench.queue.ended(join(bench.store.folder, id));
    expect(ended.state).toBe('success');
    const text = await use('get_run', { run_id: id });
    expect(text).toContain(`**${runWords.success}**`);
    expect(text).toContain('| 0 |');
    expect(await use('get_run', {})).toContain(id);
    const compared = await use('compare_runs', { run_ids: [id, id] });
    expect(compared.split('\n').filter((line) => line.includes(id))).toHaveLength(4);
    expect(compared).toContain('same conditions');
  });

  it('is not started by a config with mistakes, and leaves nothing behind', async () => {
    writeFileSync(join(workspace.path, 'broken.bench.yaml'), 'model: {}\n');
    const before = await use('get_run', {});
    await expect(use('start_tuning', { config_path: 'broken.bench.yaml' })).rejects.toMatchObject({
      code: 'config-invalid',
    });
    expect(await use('get_run', {})).toBe(before);
  });

  it.each([{}, { config_path: 'a', optimization_id: 1 }, { optimization_id: 99 }, { optimization_id: 'x' }])(
    'is refused for %j',
    async (input) => {
      expect((await failureOf(use('start_tuning', input))).code).toMatch(/^request-/);
    },
  );
});

describe('ids of runs', () => {
  it.each(['../../etc', 'runs/..', 'runs/../../x', 'runs/none', '/etc', 'projects/a/optimizations/b/runs/../c'])(
    'that name none are refused: %s',
    async (id) => {
      await expect(use('get_run', { run_id: id })).rejects.toMatchObject({ code: 'request-not-found' });
    },
  );

  it('do not follow a link out of the bench', async () => {
    const outside = temporaryFolder();
    mkdirSync(join(bench.store.folder, 'runs'), { recursive: true });
    symlinkSync(outside.path, join(bench.store.folder, 'runs', 'linked'));
    await expect(use('get_run', { run_id: 'runs/linked' })).rejects.toMatchObject({ code: 'request-access-denied' });
  });
});

describe('every tool', () => {
  it.each(agentTools.map(({ name }) => name))('%s names what it does not know', async (name) => {
    await expect(use(name, { nonsense: 1 })).rejects.toMatchObject({ code: 'request-unknown-key' });
  });

  it('is one of the list', async () => {
    await expect(use('format_disk', {})).rejects.toMatchObject({ code: 'request-no-tool' });
  });
});
