// How each example of the API's document is sent here: what stands for its paths, names and ids, and what its answer means.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { bundledFolder } from '../../src/bench/example/examples';
import type { Recorded } from './recorder';
import type { ServedBench } from './servedBench';

/** An answer, or a part of one. */
export type Answer = Readonly<Record<string, unknown>>;

export interface World {
  readonly bench: ServedBench;
  /** Ids of what was made on the way, by a name. */
  readonly ids: Map<string, number>;
}

export interface Step {
  /** Heading of the example. */
  readonly title: string;
  /** Makes what the request names. */
  readonly prepare?: (world: World) => Promise<void>;
  /** Put in place of what the document prints: paths, frameworks, names of examples, ids. */
  readonly substitute?: (id: (name: string) => number) => object;
  /** What the answer means, besides its form. */
  readonly means?: (answer: Answer, world: World, messages: readonly Recorded[]) => void | Promise<void>;
  /** The last message; absent: the last the document shows. */
  readonly lastSubject?: string;
  /** Subjects of messages the document does not show. */
  readonly moreSubjects?: readonly string[];
}

const digits = bundledFolder('mnist');
const modelPath = join(digits, 'mnist_resnet.onnx');
const nodes = { input_nodes: 'input', output_nodes: 'logits' };

function remember(world: World, name: string, value: unknown): void {
  expect(value).toEqual(expect.any(Number));
  world.ids.set(name, Number(value));
}

/** A list of parts. */
const rows = (list: unknown): readonly Answer[] => list as readonly Answer[];
const names = (list: unknown): unknown[] => rows(list).map(({ name }) => name);

async function termId(world: World, list: string, name: string): Promise<number> {
  const terms = (await world.bench.get(`dict/${list}`))[list] as readonly { id: number; name: string }[];
  return terms.find((term) => term.name === name)?.id ?? 0;
}

const dictionaries: readonly Step[] = [
  {
    title: 'Domains',
    means: ({ domains }) =>
      expect(names(domains)).toEqual(
        expect.arrayContaining([
          'Image Recognition',
          'Object Detection',
          'Neural Language Processing',
          'Recommendation',
        ]),
      ),
  },
  {
    title: 'Domain flavours',
    means: ({ domain_flavours }) => expect(names(domain_flavours)).toEqual(['', 'SSD', 'Yolo']),
  },
  {
    title: 'Optimization Types',
    means: ({ optimization_types }) =>
      expect(names(optimization_types).slice(0, 2)).toEqual(['Quantization', 'Graph optimization']),
  },
  {
    title: 'Optimization Types and support for specific precision',
    means: ({ optimization_types }) =>
      expect(optimization_types).toMatchObject([
        { name: 'Quantization', is_supported: true },
        { name: 'Graph optimization', is_supported: false },
        {},
        {},
      ]),
  },
  {
    title: 'Precisions',
    // Elements of 16 bits are fp16 here: the engine computes with no bf16 on this kind of machine.
    means: ({ precisions }) => expect(names(precisions)).toEqual(expect.arrayContaining(['fp32', 'int8', 'fp16'])),
  },
  { title: 'Get all dataloaders', means: ({ dataloaders }) => expect(names(dataloaders)).toContain('dummy_v2') },
  {
    title: 'Get dataloaders for specified framework',
    substitute: () => ({ framework: 'ONNXRT' }),
    means: ({ dataloaders }) => {
      expect(names(dataloaders)).toContain('CIFAR10');
      for (const loader of rows(dataloaders)) expect(loader).toMatchObject({ framework: { name: 'ONNXRT' } });
    },
  },
  { title: 'Get all transforms', means: ({ transforms }) => expect(names(transforms)).toContain('Resize') },
  {
    title: 'Get transforms for specified framework',
    substitute: () => ({ framework: 'ONNXRT' }),
    means: ({ transforms }) => expect(names(transforms)).toContain('Resize'),
  },
  {
    title: 'Get transforms for specified domain',
    means: ({ transforms }) => expect(names(transforms)).toContain('Resize'),
  },
];

const examples: readonly Step[] = [
  ...['List example models', 'List example models (2)'].map((title) => ({
    title,
    means: (answer: Answer) => {
      expect(answer).toContainEqual(
        expect.objectContaining({ domain: 'Image Recognition', framework: 'ONNXRT', model: 'mnist_resnet' }),
      );
      expect(new Set(rows(answer).map(({ framework }) => framework))).toEqual(new Set(['ONNXRT']));
    },
  })),
  {
    title: 'Create project from examples',
    substitute: () => ({ framework: 'ONNXRT', model: 'mnist_resnet' }),
    moreSubjects: ['example_finish'],
    lastSubject: 'example_finish',
    means: (_answer, world, messages) => {
      const progress = messages.filter(({ subject }) => subject === 'download_progress');
      expect(progress.map(({ data }) => data['progress'])).toEqual([25, 50, 75, 100]);
      const data = messages.find(({ subject }) => subject === 'create_example_project_finish')?.data ?? {};
      for (const part of ['project', 'model', 'dataset', 'optimization', 'benchmark'])
        remember(world, `example ${part}`, data[`${part}_id`]);
      const path = messages.find(({ subject }) => subject === 'download_finish')?.data['path'];
      expect(existsSync(String(path))).toBe(true);
    },
  },
  {
    title: 'Create project from examples (2)',
    substitute: () => ({ framework: 'ONNXRT', model: 'mnist_resnet' }),
    moreSubjects: [
      'create_example_project_start',
      'create_example_project_progress',
      'download_progress',
      'create_example_project_finish',
    ],
    means: (_answer, world, messages) => {
      const ids = messages.find(({ subject }) => subject === 'example_finish')?.data ?? {};
      expect(ids['project_id']).not.toBe(world.ids.get('example project'));
    },
  },
];

const projects: readonly Step[] = [
  {
    title: 'Create project',
    substitute: () => ({ model: { path: modelPath, ...nodes } }),
    means: (answer, world) => {
      remember(world, 'project', answer['project_id']);
      remember(world, 'model', answer['model_id']);
      // No shape, no data.
      expect(answer['dataset_id']).toBe(-1);
    },
  },
  {
    title: 'Get project details',
    substitute: (id) => ({ id: id('project') }),
    means: (answer, { ids }) => {
      expect(answer).toMatchObject({
        id: ids.get('project'),
        name: 'My new project',
        notes: null,
        input_model: {
          id: ids.get('model'),
          name: 'Input model',
          path: modelPath,
          framework: { name: 'ONNXRT' },
          precision: { name: 'fp32' },
          domain: { name: 'Image Recognition' },
          domain_flavour: { name: '' },
          input_nodes: ['input'],
          output_nodes: ['logits'],
          supports_graph: true,
          supports_profiling: true,
          size: expect.closeTo(0.704, 3) as number,
        },
      });
    },
  },
  {
    title: 'Add notes to project',
    substitute: (id) => ({ id: id('project') }),
    means: (answer, { ids }) => expect(answer).toEqual({ id: ids.get('project'), notes: 'Project notes' }),
  },
  {
    title: 'List projects',
    means: ({ projects: list }, { ids }) => {
      const project = rows(list).find(({ id }) => id === ids.get('project'));
      // The note was an edit.
      expect(project).toMatchObject({ name: 'My new project', modified_at: expect.any(String) as string });
    },
  },
  {
    title: 'Delete project',
    prepare: async (world) => {
      const request = { name: 'Project1', model: { path: modelPath, ...nodes, domain: '' } };
      remember(world, 'scrap', (await world.bench.get('project/create', request))['project_id']);
    },
    substitute: (id) => ({ id: id('scrap') }),
    means: async (answer, { bench, ids }) => {
      expect(answer).toEqual({ id: ids.get('scrap') });
      expect((await bench.ask('project', { id: ids.get('scrap') })).status).toBe(404);
    },
  },
];

const datasets: readonly Step[] = [
  {
    title: 'Add dataset to project',
    prepare: async (world) => {
      const model = { path: modelPath, ...nodes, domain: 'Image Recognition', shape: '1,28,28' };
      const made = await world.bench.get('project/create', { name: 'With random data', model });
      remember(world, 'shaped project', made['project_id']);
      remember(world, 'shaped model', made['model_id']);
      remember(world, 'dummy', made['dataset_id']);
    },
    substitute: (id) => ({ project_id: id('shaped project'), dataset_path: digits, dataloader: { name: 'MNIST' } }),
    means: async (answer, world) => {
      remember(world, 'dataset', answer['dataset_id']);
      expect(await world.bench.get('dataset', { id: answer['dataset_id'] })).toMatchObject({
        dataset_type: 'MNIST',
        parameters: { root: digits },
        transforms: [{ name: 'ResizeCropImagenet', params: { height: 224, width: 224 } }],
        metric: { name: 'topk', param: 1 },
      });
    },
  },
  {
    title: 'Get dataset details',
    substitute: (id) => ({ id: id('dummy') }),
    means: (answer, { ids }) =>
      expect(answer).toMatchObject({
        id: ids.get('dummy'),
        project_id: ids.get('shaped project'),
        name: 'dummy',
        dataset_type: 'dummy_v2',
        parameters: { input_shape: [[1, 28, 28]], label_shape: [1] },
      }),
  },
  {
    title: 'List datasets',
    substitute: (id) => ({ project_id: id('shaped project') }),
    means: ({ datasets: list }) =>
      expect(list).toMatchObject([{ name: 'dummy', dataset_type: 'dummy_v2' }, { name: 'My Dataset' }]),
  },
];

const optimizations: readonly Step[] = [
  {
    title: 'Add optimization to project',
    prepare: async (world) => {
      world.ids.set('int8', await termId(world, 'precisions', 'int8'));
      world.ids.set('quantization', await termId(world, 'optimization_types', 'Quantization'));
    },
    substitute: (id) => ({
      project_id: id('example project'),
      precision_id: id('int8'),
      optimization_type_id: id('quantization'),
      dataset_id: id('example dataset'),
    }),
    means: async (answer, world) => {
      remember(world, 'optimization', answer['optimization_id']);
      // The defaults of the API.
      expect(await world.bench.get('optimization', { id: answer['optimization_id'] })).toMatchObject({
        precision: { name: 'int8' },
        status: null,
        batch_size: 100,
        sampling_size: 100,
        optimized_model: null,
        tuning_details: {
          strategy: 'basic',
          accuracy_criterion_type: 'relative',
          accuracy_criterion_threshold: 0.1,
          multi_objectives: 'performance',
          exit_policy: { timeout: 0, max_trials: 25 },
          random_seed: 9527,
        },
      });
    },
  },
  {
    title: 'Edit optimization',
    substitute: (id) => ({ id: id('optimization') }),
    means: (answer, { ids }) =>
      expect(answer).toMatchObject({
        id: ids.get('optimization'),
        batch_size: 123,
        sampling_size: 456,
        tuning_details: {
          strategy: 'mse',
          accuracy_criterion_type: 'absolute',
          accuracy_criterion_threshold: 0.23,
          multi_objectives: 'performance',
          exit_policy: { timeout: 60, max_trials: 125 },
          random_seed: 95270,
        },
      }),
  },
  {
    title: 'Execute optimization',
    prepare: async ({ bench, ids }) => {
      // A few trials, and a goal that does not depend on how fast this machine is.
      await bench.get('optimization/edit', {
        id: ids.get('example optimization'),
        tuning_details: {
          strategy: 'basic',
          multi_objectives: 'modelsize',
          accuracy_criterion_threshold: 0.5,
          exit_policy: { max_trials: 2 },
        },
      });
    },
    substitute: (id) => ({ optimization_id: id('example optimization') }),
    means: (_answer, world, messages) => {
      const start = messages[0]?.data ?? {};
      expect(start['size_input_model']).toBeCloseTo(0.704, 3);
      for (const key of ['config_path', 'output_path']) expect(existsSync(String(start[key]))).toBe(true);
      const finish = messages.at(-1);
      expect(finish).toMatchObject({
        status: 'success',
        data: { id: world.ids.get('example optimization'), status: 'success', duration: expect.any(Number) as number },
      });
      const optimized = finish?.data['optimized_model'] as Answer;
      expect(optimized).toMatchObject({
        precision: { name: 'int8' },
        input_nodes: ['input'],
        output_nodes: ['logits'],
      });
      expect(existsSync(String(optimized['path']))).toBe(true);
      remember(world, 'optimized model', optimized['id']);
      expectGrowing(messages.filter(({ subject }) => subject === 'tuning_history'));
    },
  },
];

const optimizationsDone: readonly Step[] = [
  {
    title: 'Get optimization details',
    substitute: (id) => ({ id: id('example optimization') }),
    means: ({ tuning_details, execution_command, config_path }) => {
      const tuning = (tuning_details as Answer)['tuning_history'] as Answer;
      const { minimal_accuracy, baseline_accuracy, history } = tuning;
      expect(minimal_accuracy).toBeCloseTo(Number((baseline_accuracy as readonly number[])[0]) * 0.5, 9);
      expect(rows(history).length).toBeGreaterThan(0);
      expect(execution_command).toContain(config_path);
    },
  },
  {
    title: 'List optimizations',
    substitute: (id) => ({ project_id: id('example project') }),
    means: ({ optimizations: list }, { ids }) => {
      expect(rows(list).map(({ id }) => id)).toEqual([ids.get('example optimization'), ids.get('optimization')]);
      for (const { tuning_details } of rows(list)) expect(tuning_details).toBeNull();
    },
  },
];

/** The first message has no trial yet; each later one has more than that before it. */
function expectGrowing(messages: readonly Recorded[]): void {
  const lengths = messages.map(({ data }) => (data['history'] as readonly unknown[]).length);
  expect(lengths[0]).toBe(0);
  expect(lengths.slice(1).every((length, index) => length > (lengths[index] ?? 0))).toBe(true);
  expect(messages[0]?.data).toMatchObject({ last_tune_accuracy: null, best_tune_accuracy: null });
  expect(messages.at(-1)?.data['last_tune_accuracy']).toEqual([expect.any(Number)]);
}

/** A benchmark that takes no time. */
async function addBenchmark(
  world: World,
  name: string,
  parts: Record<'project' | 'model' | 'dataset', string>,
  mode: string,
): Promise<void> {
  const { bench, ids } = world;
  const [project_id, model_id, dataset_id] = [parts.project, parts.model, parts.dataset].map((part) => ids.get(part));
  const made = await bench.get('benchmark/add', {
    ...{ name, project_id, model_id, dataset_id, mode, batch_size: 1, iterations: 5, warmup_iterations: 2 },
    ...{ number_of_instance: 1, cores_per_instance: 1 },
  });
  remember(world, name, made['benchmark_id']);
}

const benchmarks: readonly Step[] = [
  {
    title: 'Add benchmark to project',
    substitute: (id) => ({
      project_id: id('shaped project'),
      model_id: id('shaped model'),
      dataset_id: id('dummy'),
    }),
    means: (answer, world) => remember(world, 'benchmark', answer['benchmark_id']),
  },
  {
    title: 'Get benchmark details',
    substitute: (id) => ({ id: id('benchmark') }),
    means: (answer, { ids }) =>
      expect(answer).toMatchObject({
        ...{ id: ids.get('benchmark'), name: 'My benchmark', mode: 'performance', batch_size: 32, iterations: -1 },
        ...{ number_of_instance: 1, cores_per_instance: 4, warmup_iterations: 10 },
        ...{ result: null, status: null, last_run_at: null, duration: null },
        model: { id: ids.get('shaped model'), name: 'Input model' },
        dataset: { id: ids.get('dummy') },
      }),
  },
  {
    title: 'Edit benchmark',
    substitute: (id) => ({ id: id('benchmark'), dataset_id: id('dataset') }),
    means: (answer, { ids }) =>
      expect(answer).toEqual({
        ...{ id: ids.get('benchmark'), dataset_id: ids.get('dataset'), mode: 'accuracy' },
        ...{ batch_size: 64, cores_per_instance: 7, number_of_instance: 4 },
      }),
  },
  {
    title: 'List benchmarks',
    substitute: (id) => ({ project_id: id('shaped project') }),
    means: ({ benchmarks: list }, { ids }) => expect(rows(list).map(({ id }) => id)).toEqual([ids.get('benchmark')]),
  },
  {
    title: 'Execute benchmark',
    prepare: (world) =>
      addBenchmark(
        world,
        'quick',
        { project: 'shaped project', model: 'shaped model', dataset: 'dummy' },
        'performance',
      ),
    substitute: (id) => ({ benchmark_id: id('quick') }),
    means: (_answer, _world, messages) => {
      expect(existsSync(String(messages[0]?.data['output_path']))).toBe(true);
      const { result, status } = messages.at(-1)?.data as Answer;
      expect(status).toBe('success');
      expect(result).toMatchObject({ accuracy: null, performance: expect.any(Number) as number });
      expect((result as Answer)['performance']).toBeGreaterThan(0);
    },
  },
  ...(['accuracy', 'performance'] as const).map((mode) => ({
    title: `Pin ${mode} benchmark to optimization`,
    prepare: (world: World) =>
      addBenchmark(
        world,
        `${mode} of optimized`,
        { project: 'example project', model: 'optimized model', dataset: 'example dataset' },
        mode,
      ),
    substitute: (id: (name: string) => number) => ({
      optimization_id: id('example optimization'),
      benchmark_id: id(`${mode} of optimized`),
    }),
    means: async (answer: Answer, { bench, ids }: World) => {
      const pinned = { [`${mode}_benchmark_id`]: ids.get(`${mode} of optimized`) };
      expect(answer).toEqual({ id: ids.get('example optimization'), ...pinned });
      expect(await bench.get('optimization', { id: answer['id'] })).toMatchObject(pinned);
    },
  })),
];

const profilings: readonly Step[] = [
  {
    title: 'Add profiling to project',
    substitute: (id) => ({
      project_id: id('example project'),
      model_id: id('example model'),
      dataset_id: id('example dataset'),
    }),
    means: (answer, world) => remember(world, 'profiling', answer['profiling_id']),
  },
  {
    title: 'Get profiling details',
    substitute: (id) => ({ id: id('profiling') }),
    means: (answer) =>
      expect(answer).toMatchObject({ name: 'Input model profiling', num_threads: 7, status: null, last_run_at: null }),
  },
  {
    title: 'Edit profiling',
    substitute: (id) => ({ id: id('profiling'), dataset_id: id('example dataset') }),
    means: (answer, { ids }) =>
      expect(answer).toEqual({ id: ids.get('profiling'), dataset_id: ids.get('example dataset'), num_threads: 14 }),
  },
  {
    title: 'List profilings',
    substitute: (id) => ({ project_id: id('example project') }),
    means: ({ profilings: list }) => expect(list).toHaveLength(1),
  },
  {
    title: 'Execute profiling',
    substitute: (id) => ({ profiling_id: id('profiling') }),
    means: (_answer, _world, messages) => {
      const { status, results } = messages.at(-1)?.data as Answer;
      expect(status).toBe('success');
      const conv = rows(results).find(({ node_name }) => node_name === 'Conv') ?? {};
      expect(conv).toMatchObject({ accelerator_execution_time: 0 });
      expect(conv['total_execution_time']).toBeGreaterThan(0);
      expect(conv['op_defined']).toBeGreaterThan(0);
    },
  },
  {
    title: 'Get profiling result as csv',
    substitute: (id) => ({ id: id('profiling') }),
    means: ({ text }) => {
      const [header, ...lines] = String(text).trimEnd().split(/\r?\n/);
      expect(header).toBe(
        'node_name,total_execution_time,accelerator_execution_time,cpu_execution_time,op_run,op_defined',
      );
      expect(lines.length).toBeGreaterThan(1);
      for (const line of lines) expect(line).toMatch(/^\w+(?:,\d+(?:\.\d+)?){5}$/);
    },
  },
];

const models: readonly Step[] = [
  {
    title: 'List models',
    substitute: (id) => ({ project_id: id('example project') }),
    means: ({ models: list }, { ids }) =>
      expect(rows(list).map(({ id }) => id)).toEqual([ids.get('example model'), ids.get('optimized model')]),
  },
  {
    title: "Get model's boundary nodes",
    substitute: () => ({ model_path: modelPath }),
    means: (_answer, _world, messages) => {
      // Both names of the correlation.
      for (const { data } of messages) expect(data).toMatchObject({ id: 'asd', request_id: 'asd' });
      expect(messages.at(-1)?.data).toMatchObject({
        framework: 'ONNXRT',
        inputs: ['input'],
        outputs: ['logits', 'custom'],
        domain: 'Image Recognition',
        shape: '1,28,28',
        trusted: true,
      });
    },
  },
  {
    title: "Get model's graph",
    substitute: () => ({ path: modelPath }),
    means: ({ nodes: shown, edges }) => {
      const ids = new Set(rows(shown).map(({ id }) => id));
      expect(ids.size).toBe(rows(shown).length);
      for (const { source, target } of rows(edges)) expect([ids.has(source), ids.has(target)]).toEqual([true, true]);
      expect(new Set(rows(shown).map(({ node_type }) => node_type))).toEqual(new Set(['node', 'group_node']));
    },
  },
];

/** In an order in which what one makes is there for the next. */
export const contractSteps: readonly Step[] = [
  ...dictionaries,
  ...examples,
  ...projects,
  ...datasets,
  ...optimizations,
  ...benchmarks,
  ...optimizationsDone,
  ...profilings,
  ...models,
];
