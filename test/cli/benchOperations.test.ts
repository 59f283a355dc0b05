// All that the API can do can be done from the command line: every operation of the bench is reached by a line of words,
// in the order of somebody who works with the bundled example from the first project to the last deletion.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { operations } from '../../src/bench/operations';
import { temporaryFolder } from '../support/temporaryFolder';
import { commandLine, processesNaming, stackLines } from './commandLine';
import type { CommandEnd } from './commandLine';

const run = commandLine();
const place = temporaryFolder();
const workspace = place.path;
place.write('points.json', JSON.stringify({ layers: [{ id: 'conv', baseline: { flops: 8 }, sparse: [] }] }));
const example = join(import.meta.dirname, '../../media/examples/mnist');
const model = join(example, 'mnist_resnet.onnx');

/** An operation, the words that reach it, and what its answer has at least; lists have exactly the items named. */
type Step = readonly [path: string, line: string, answer: object | number];

const any = expect.anything() as object;
const containing = (text: string): unknown => expect.stringContaining(text);

const beforeRuns: readonly Step[] = [
  ['model/boundary_nodes', `models boundary ${model}`, { inputs: ['input'], domain: 'Image Recognition' }],
  ['project/create', `projects add mnist --model ${model}`, { project_id: 1, model_id: 1, dataset_id: 1 }],
  ['project/list', 'projects list', { projects: [{ id: 1, name: 'mnist' }] }],
  ['project/note', 'projects note mnist digits', { id: 1, notes: 'digits' }],
  ['project', 'projects show 1', { notes: 'digits', input_model: { path: model, input_nodes: ['input'] } }],
  ['dataset/add', `datasets add mnist digits --file ${join(example, 'evaluation.yaml')}`, { dataset_id: 2 }],
  ['dataset/list', 'datasets list mnist', { datasets: [{ name: 'dummy' }, { name: 'digits', dataset_type: 'MNIST' }] }],
  ['dataset', 'datasets show digits', { parameters: { root: example, train: false }, metric: { name: 'topk' } }],
  ['dataset/predefined', 'datasets predefined --domain image-recognition', { dataloader: any, metric: 'topk' }],
  ['optimization/add', 'optimizations add mnist int8 --dataset digits', { optimization_id: 1 }],
  [
    'optimization/edit',
    'optimizations edit int8 --max-trials 1 --samples 20 --max-drop 2%',
    {
      sampling_size: 20,
      tuning_details: { strategy: 'auto', accuracy_criterion_threshold: 0.02, exit_policy: { max_trials: 1 } },
    },
  ],
  ['optimization/list', 'optimizations list mnist', { optimizations: [{ name: 'int8', state: null }] }],
  ['optimization/pruning_details', 'optimizations pruning int8', []],
  ['pruning/details_wizard', 'optimizations pruning', [{ name: 'approach', children: any }]],
  ['optimization/config.yaml', 'optimizations config int8', { text: containing('max_trials: 1') }],
];

const runs: readonly Step[] = [
  [
    'optimization/execute',
    'optimizations run int8',
    { state: 'success', optimized_model: { id: 2, precision: { name: 'int8' } }, result: { meets_goal: true } },
  ],
  [
    'optimization',
    'optimizations show int8',
    { status: 'success', tuning_details: { tuning_history: { history: any } } },
  ],
  ['optimization/output.log', 'optimizations log int8', { text: any }],
  ['model/list', 'models list mnist', { models: [{ id: 1 }, { id: 2, name: 'int8' }] }],
  ['model/graph', 'models graph int8', { nodes: any, edges: any }],
  ['model/graph/highlight_pattern', 'models graph 1 --op /fc/Gemm --pattern Gemm', { graph: any, groups: any }],
  ['model/download', 'models download int8 -o int8.onnx', { path: join(workspace, 'int8.onnx') }],
  [
    'benchmark/add',
    'benchmarks add mnist speed --model int8 --dataset digits --batch 8 --warmup 1 --iterations 20',
    { benchmark_id: 1 },
  ],
  ['benchmark/edit', 'benchmarks edit speed --batch 1 --cores 1 --instances 1', { id: 1, batch_size: 1 }],
  ['benchmark/config.yaml', 'benchmarks config speed', { text: containing('iteration: 20') }],
  ['benchmark/execute', 'benchmarks run speed', { state: 'success', result: { performance: any, accuracy: null } }],
  ['benchmark/add', 'benchmarks add mnist right --model int8 --dataset digits --mode accuracy', { benchmark_id: 2 }],
  ['benchmark/execute', 'benchmarks run right', { result: { accuracy_unit: 'fraction', performance: null } }],
  ['benchmark', 'benchmarks show speed', { model: { id: 2 }, batch_size: 1 }],
  ['benchmark/list', 'benchmarks list mnist', { benchmarks: [{ id: 1 }, { id: 2 }] }],
  ['benchmark/output.log', 'benchmarks log speed', { text: any }],
  ['benchmark', 'benchmarks compare speed right', { benchmarks: [{ id: 1 }, { id: 2 }] }],
  ['optimization/pin_accuracy_benchmark', 'optimizations pin int8 --accuracy right', { accuracy_benchmark_id: 2 }],
  [
    'optimization/pin_performance_benchmark',
    'optimizations pin 1 --performance 1 --accuracy 2',
    { id: 1, performance_benchmark_id: 1, accuracy_benchmark_id: 2 },
  ],
  ['profiling/add', 'profilings add mnist ops --dataset digits --threads 2', { profiling_id: 1 }],
  ['profiling/edit', 'profilings edit ops --threads 1', { id: 1, num_threads: 1 }],
  ['profiling/config.yaml', 'profilings config ops', { text: containing('intra_num_of_threads: 1') }],
  ['profiling/execute', 'profilings run ops', { state: 'success', results: any, nodes: any }],
  ['profiling', 'profilings show ops', { num_threads: 1, results: any }],
  ['profiling/list', 'profilings list mnist', { profilings: [{ name: 'ops', state: 'success' }] }],
  ['profiling/output.log', 'profilings log ops', { text: any }],
  ['profiling/results/csv', 'profilings csv ops', { text: containing('node_name,total_execution_time,') }],
  ['profiling/trace', 'profilings trace ops -o ops.json', { path: join(workspace, 'ops.json') }],
  ['sensitivity/add', 'sensitivities add mnist prune --kind perf', { sensitivity_id: 1 }],
  ['sensitivity/edit', 'sensitivities edit prune --method approx', { kind: 'perf', method: 'approx' }],
  ['sensitivity/execute', 'sensitivities run prune', { state: 'success', sparsity_unit: 'percent', is_edited: false }],
  ['sensitivity/list', 'sensitivities list mnist', { sensitivities: [{ name: 'prune', state: 'success' }] }],
  [
    'sensitivity/results/csv',
    'sensitivities csv prune',
    { text: containing('layer,node,op_type,weights,sparsity,flops') },
  ],
  ['sensitivity/output.log', 'sensitivities log prune', { text: any }],
  ['sensitivity/edit', 'sensitivities edit prune points.json', { layers: [{ id: 'conv' }] }],
  ['sensitivity', 'sensitivities show prune', { is_edited: true, layers: [{ id: 'conv', sparse: [] }] }],
];

const afterwards: readonly Step[] = [
  ['diagnosis', 'models diagnosis int8', { findings: any, samples: any }],
  ['diagnosis/op_list', 'models ops int8', any],
  ['diagnosis/op_details', 'models op int8 /fc/Gemm', { 'OP name': '/fc/Gemm' }],
  ['diagnosis/histogram', 'models histogram int8 /fc/Gemm --of weights', [{ histograms: any }]],
  ['diagnosis/model_wise_params', 'optimizations params int8', { weight: { granularity: any } }],
  [
    'diagnosis/generate_optimization',
    'optimizations vary int8 other --all weight.granularity=per_tensor --op /fc/Gemm:pattern.precision=float32',
    2,
  ],
  ['optimization', 'optimizations show other', { diagnosis_config: { op_wise: { '/fc/Gemm': any }, model_wise: any } }],
];

/** In any order. */
const questions: readonly Step[] = [
  ['dict/domains', 'dictionary domains', { domains: any }],
  ['dict/domain_flavours', 'dictionary flavours', { domain_flavours: any }],
  ['dict/optimization_types', 'dictionary types', { optimization_types: any }],
  [
    'dict/optimization_types/precision',
    'dictionary types --precision fp16',
    { optimization_types: [{ is_supported: false }, {}, { is_supported: true }, {}] },
  ],
  ['dict/precisions', 'dictionary precisions', { precisions: any }],
  ['dict/dataloaders', 'dictionary loaders', { dataloaders: any }],
  ['dict/dataloaders/framework', 'dictionary loaders --framework TensorFlow', { dataloaders: [] }],
  ['dict/transforms', 'dictionary transforms', { transforms: any }],
  ['dict/transforms/framework', 'dictionary transforms --framework ONNXRT', { transforms: any }],
  ['dict/transforms/domain', 'dictionary transforms --domain image-recognition', { transforms: any }],
  ['dict/metrics', 'dictionary metrics', { metrics: any }],
  ['dict/metrics/framework', 'dictionary metrics --framework ONNXRT', { metrics: any }],
  ['get_possible_values', 'dictionary values quantization-approach', { quantization_approach: any }],
  ['list_model_zoo', 'dictionary zoo', any],
  ['get_default_path', 'files', { path: workspace }],
  ['filesystem', `files ${example} --filter models`, { contents: [{ is_model: true }, { is_model: true }] }],
  ['system_info', 'system', { systeminfo: any, frameworks: any }],
  ['examples/list', 'examples list', any],
];

const endings: readonly Step[] = [
  ['examples/add', 'examples add mnist_resnet --name second', { project_id: 2, benchmark_id: 4 }],
  ['profiling/delete', 'profilings delete ops ops', { id: 1 }],
  ['sensitivity/delete', 'sensitivities delete prune prune', { id: 1 }],
  ['benchmark/delete', 'benchmarks delete right --yes', { id: 2 }],
  ['optimization', 'optimizations show 1', { accuracy_benchmark_id: null, performance_benchmark_id: 1 }],
  ['optimization/delete', 'optimizations delete 1 int8', { id: 1 }],
  ['model/list', 'models list mnist', { models: [{ id: 1 }] }],
  ['optimization/delete', 'optimizations delete other --yes', { id: 2 }],
  ['dataset/delete', 'datasets delete digits digits', { id: 2 }],
  ['project/delete', 'projects delete mnist --yes', { id: 1 }],
  ['project/list', 'projects list', { projects: [{ name: 'second' }] }],
];

/** Steps with the names of their tests. */
const named = (steps: readonly Step[]): [string, Step][] => steps.map((step) => [`${step[0]}: ${step[1]}`, step]);

const reached = new Set<string>();

async function expectStep([path, line, answer]: Step): Promise<void> {
  const end = await run([...line.split(' '), '--json', '--verbose'], { cwd: workspace });
  expect(end.stderr).toContain(`request: ${path} `);
  for (const [, named = ''] of end.stderr.matchAll(/^request: (\S+) /gm)) reached.add(named);
  expect(stackLines(end)).toEqual([]);
  expect(end).toMatchObject({ code: 0 });
  const given: unknown = JSON.parse(end.stdout);
  if (typeof answer === 'object') expect(given).toMatchObject(answer);
  else expect(given).toEqual(answer);
}

const people = (line: string): Promise<CommandEnd> => run(line.split(' '), { cwd: workspace });

describe('the command line does all that the API does', () => {
  it.each(named(beforeRuns))('%s', (_, step) => expectStep(step), 60_000);

  it.each(named(runs))('%s', (_, step) => expectStep(step), 300_000);

  it('writes the files that were asked for', () => {
    expect(readFileSync(join(workspace, 'int8.onnx')).length).toBeGreaterThan(100_000);
    expect(JSON.parse(readFileSync(join(workspace, 'ops.json'), 'utf8'))).toBeInstanceOf(Array);
  });

  it('shows people what came of an optimization, and names the next step', async () => {
    const { stdout, stderr } = await people('optimizations show int8');
    expect(stdout).toMatch(/^int8 \(optimization 1\)\n {2}state +succeeded\n/);
    expect(stdout).toMatch(/strategy +auto, for performance\n {2}accuracy +may lose 2 % of it\n/);
    expect(stdout).toMatch(/pinned +accuracy: benchmark 2, performance: benchmark 1\n/);
    expect(stdout).toMatch(/\n +given +trial 1\n {2}accuracy +99\.\d\d % +9\d\.\d\d %\n {2}latency ms .* faster\n/);
    const first = await people('benchmarks add mnist float --dataset digits');
    expect(first.stdout).toBe('Benchmark 3 is ready.\n');
    expect(first.stderr).toBe('next: compressor-bench benchmarks run 3\n');
    expect(stderr).not.toContain('error');
  });

  it('puts benchmarks beside each other, and says what else differs or is missing', async () => {
    const { stdout, stderr, code } = await people('benchmarks compare speed float');
    expect(code).toBe(0);
    expect(stdout).toMatch(/id +name +model +batch +state +accuracy +samples\/s +speed\n/);
    expect(stdout).toMatch(/1 +speed +int8 +1 +succeeded +– +\d+ +1\.00×\n/);
    expect(stdout).toMatch(/3 +float +Input model +100 +never run +– +– +–\n/);
    expect(stderr).toContain('next: compressor-bench benchmarks run 3\n');
    await people('benchmarks delete float --yes');
  });

  it('lists with aligned columns', async () => {
    const { stdout } = await people('datasets list mnist');
    expect(stdout.split('\n').map((line) => line.slice(0, 22))).toEqual([
      '  id  name    loader  ',
      '   1  dummy   dummy_v2',
      '   2  digits  MNIST   ',
      '',
    ]);
  });

  it('shows the first samples of a data set, and which name is near a wrong one', async () => {
    expect((await people('datasets preview digits --samples 1')).stdout).toContain('label 4');
    expect((await people('datasets preview digit')).stderr).toContain('digits');
  });

  it('refuses what the bench refuses, with its sentence and exit code 1', async () => {
    const edited = await people('optimizations edit int8 --samples 30');
    expect(edited).toMatchObject({ code: 1, stdout: '' });
    expect(edited.stderr).toMatch(/^error: Can not modify optimization that has been run\.\n {2}next: /);
    const pinned = await people('optimizations pin int8 --performance right --json');
    expect(pinned.code).toBe(1);
    expect(JSON.parse(pinned.stdout)).toMatchObject({
      error: { message: 'Benchmark type accuracy cannot be pinned as performance.' },
    });
    const used = await people('datasets delete digits --yes');
    expect(used).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is used by optimization "int8"') as string,
    });
  });

  it('deletes nothing when the name does not fit', async () => {
    const end = await people('projects delete 1 mnits --json');
    expect(end).toMatchObject({ code: 1, stdout: '{\n  "id": null\n}\n' });
    expect(end.stderr).toMatch(/^error: Nothing was deleted: project 1 is not called "mnits"\.\n/);
    expect((await people('projects show 1')).code).toBe(0);
  });

  it.each(named(afterwards))('%s', (_, step) => expectStep(step), 300_000);

  it.concurrent.each(named(questions))('%s', (_, step) => expectStep(step), 60_000);

  it.each(named(endings))('%s', (_, step) => expectStep(step), 60_000);

  it('reaches every operation of the bench', () => {
    expect(operations.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  it('leaves what was deleted in the trash, and no process', async () => {
    expect(existsSync(join(workspace, '.compressor-bench/.trash'))).toBe(true);
    await expect.poll(() => processesNaming(workspace), { timeout: 30_000 }).toEqual([]);
  });
});
