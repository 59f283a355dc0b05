// Bad input: every operation, every parameter missing, of the wrong type, unknown or hostile. The answer is the right
// status and one sentence, and not a byte of the bench changes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundledFolder } from '../../src/bench/example/examples';
import { operations } from '../../src/bench/operations';
import { temporaryFolder } from '../support/temporaryFolder';
import { needed, optional, requestOf } from './parameterTable';
import type { Parameter } from './parameterTable';
import type { ServedBench } from './servedBench';
import { contentsOf, servedBenches } from './servedBench';

const place = temporaryFolder();
const workspace = join(place.path, 'work');
const serve = servedBenches();

let bench: ServedBench;
/** What is in the bench: one of each, none of them run. */
const made = { project: 0, model: 0, dataset: 0, optimization: 0, benchmark: 0, profiling: 0, sensitivity: 0 };
beforeAll(async () => {
  place.write('secret.txt', 'secret');
  mkdirSync(workspace);
  bench = await serve(workspace, ['--token', 'none', '--allow', bundledFolder('mnist')]);
  const model = { path: modelPath, input_nodes: 'input', output_nodes: 'logits', domain: 'Image Recognition' };
  const project = await bench.get('project/create', { name: 'Whole', model: { ...model, shape: '1,28,28' } });
  made.project = Number(project['project_id']);
  made.model = Number(project['model_id']);
  made.dataset = Number(project['dataset_id']);
  const common = { project_id: made.project, model_id: made.model, dataset_id: made.dataset };
  const optimization = { ...common, name: 'int8', precision_id: 2, optimization_type_id: 1 };
  made.optimization = Number((await bench.get('optimization/add', optimization))['optimization_id']);
  made.benchmark = Number((await bench.get('benchmark/add', { ...common, name: 'Speed' }))['benchmark_id']);
  const profiling = { ...common, name: 'Times', num_threads: 1 };
  made.profiling = Number((await bench.get('profiling/add', profiling))['profiling_id']);
  const sensitivity = { project_id: made.project, name: 'Where to prune', kind: 'loss', method: 'one-shot' };
  made.sensitivity = Number((await bench.get('sensitivity/add', sensitivity))['sensitivity_id']);
});

const modelPath = join(bundledFolder('mnist'), 'mnist_resnet.onnx');

type Kind = keyof typeof made;

/** The id of what is there; it is known when the tests run. */
const idOf =
  (kind: Kind): (() => number) =>
  () =>
    made[kind];

const byId = (kind: Kind): Parameter[] => [needed('id', 'id', idOf(kind))];
const toDelete = (kind: Kind): Parameter[] => [
  needed('id', 'deleted', idOf(kind)),
  needed('name', 'name', 'Not its name'),
];
const ofProject = [needed('project_id', 'id', idOf('project'))];
const ofModel = [...ofProject, needed('model_id', 'id', idOf('model'))];
const ofData = [...ofModel, needed('dataset_id', 'id', idOf('dataset'))];
const execution = (kind: Kind): Parameter[] => [
  needed('request_id', 'requestId', 'hostile'),
  needed(`${kind}_id`, 'id', idOf(kind)),
];
const framework = [needed('framework', 'term', 'ONNXRT')];
const domain = [needed('domain', 'term', 'Image Recognition')];
const graph = [needed('path', 'path', modelPath), optional('limit', 'count', 500)];

/** What each operation takes. Those that take nothing are in it, too: an operation that is not is a failure. */
const taken: Readonly<Record<string, readonly Parameter[]>> = {
  'project/create': [
    needed('name', 'name', 'Another'),
    needed('model', 'object', {}),
    needed('model.path', 'path', modelPath),
    needed('model.input_nodes', 'term', 'input'),
    needed('model.output_nodes', 'term', 'logits'),
    needed('model.domain', 'term', ''),
    optional('model.precision', 'term', 'fp32'),
  ],
  project: byId('project'),
  'project/delete': toDelete('project'),
  'project/note': [...byId('project'), needed('notes', 'text', 'A note')],
  'project/list': [],
  'dataset/add': [
    ...ofProject,
    needed('name', 'name', 'Digits'),
    needed('dataset_path', 'path', bundledFolder('mnist')),
    needed('transform', 'list', []),
    needed('dataloader', 'object', {}),
    needed('dataloader.name', 'term', 'MNIST'),
    needed('metric', 'term', 'topk'),
  ],
  dataset: byId('dataset'),
  'dataset/list': ofProject,
  'dataset/delete': toDelete('dataset'),
  'dataset/predefined': [...framework, ...domain, needed('domain_flavour', 'term', 'SSD')],
  'optimization/add': [
    ...ofProject,
    needed('name', 'name', 'int8 again'),
    needed('precision_id', 'id', 2),
    needed('optimization_type_id', 'id', 1),
    needed('dataset_id', 'id', idOf('dataset')),
    optional('model_id', 'id', idOf('model')),
    optional('batch_size', 'count', 1),
    optional('sampling_size', 'count', 1),
    optional('tuning_strategy', 'term', 'basic'),
    optional('objective', 'term', 'performance'),
    optional('accuracy_criterion_type', 'term', 'relative'),
    optional('random_seed', 'count', 1),
    optional('exit_policy', 'object', {}),
    optional('exit_policy.timeout', 'count', 0),
    optional('exit_policy.max_trials', 'count', 3),
    optional('diagnosis_config', 'object', {}),
    optional('pruning_details', 'object', {}),
  ],
  optimization: byId('optimization'),
  'optimization/list': ofProject,
  'optimization/edit': [
    ...byId('optimization'),
    optional('precision_id', 'id', 2),
    optional('dataset_id', 'id', idOf('dataset')),
    optional('optimization_type_id', 'id', 1),
    optional('pruning_details', 'object', {}),
    optional('tuning_details', 'object', {}),
    optional('tuning_details.batch_size', 'count', 1),
    optional('tuning_details.sampling_size', 'count', 1),
    optional('tuning_details.strategy', 'term', 'mse'),
    optional('tuning_details.multi_objectives', 'term', 'performance'),
    optional('tuning_details.accuracy_criterion_type', 'term', 'absolute'),
    optional('tuning_details.random_seed', 'count', 1),
    optional('tuning_details.exit_policy', 'object', {}),
    optional('tuning_details.exit_policy.timeout', 'count', 0),
    optional('tuning_details.exit_policy.max_trials', 'count', 3),
  ],
  'optimization/execute': [
    ...execution('optimization'),
    optional('mode', 'term', 'start'),
    optional('trial', 'count', 1),
  ],
  'optimization/delete': toDelete('optimization'),
  'optimization/pin_accuracy_benchmark': [
    needed('optimization_id', 'id', idOf('optimization')),
    needed('benchmark_id', 'pinned', idOf('benchmark')),
  ],
  'optimization/pin_performance_benchmark': [
    needed('optimization_id', 'id', idOf('optimization')),
    needed('benchmark_id', 'pinned', idOf('benchmark')),
  ],
  'optimization/pruning_details': byId('optimization'),
  'pruning/details_wizard': [],
  'optimization/config.yaml': byId('optimization'),
  'optimization/output.log': byId('optimization'),
  'benchmark/add': [
    ...ofData,
    needed('name', 'name', 'Speed again'),
    optional('mode', 'term', 'performance'),
    optional('batch_size', 'count', 1),
    optional('iterations', 'count', 1),
    optional('warmup_iterations', 'count', 1),
    optional('number_of_instance', 'count', 1),
    optional('cores_per_instance', 'count', 1),
  ],
  benchmark: byId('benchmark'),
  'benchmark/list': ofProject,
  'benchmark/edit': [
    ...byId('benchmark'),
    optional('dataset_id', 'id', idOf('dataset')),
    optional('mode', 'term', 'performance'),
    optional('batch_size', 'count', 1),
    optional('number_of_instance', 'count', 1),
    optional('cores_per_instance', 'count', 1),
  ],
  'benchmark/execute': execution('benchmark'),
  'benchmark/delete': toDelete('benchmark'),
  'benchmark/config.yaml': byId('benchmark'),
  'benchmark/output.log': byId('benchmark'),
  'profiling/add': [...ofData, needed('name', 'name', 'Times again'), needed('num_threads', 'count', 1)],
  profiling: byId('profiling'),
  'profiling/list': ofProject,
  'profiling/edit': [
    ...byId('profiling'),
    optional('dataset_id', 'id', idOf('dataset')),
    optional('num_threads', 'count', 1),
  ],
  'profiling/execute': execution('profiling'),
  'profiling/delete': toDelete('profiling'),
  'profiling/results/csv': byId('profiling'),
  'profiling/trace': byId('profiling'),
  'profiling/config.yaml': byId('profiling'),
  'profiling/output.log': byId('profiling'),
  'sensitivity/add': [
    ...ofProject,
    needed('name', 'name', 'What it saves'),
    needed('kind', 'term', 'perf'),
    needed('method', 'term', 'measured'),
    optional('model_id', 'id', idOf('model')),
    optional('dataset_id', 'id', idOf('dataset')),
    optional('levels', 'levels', [0.5]),
    optional('dims', 'sizes', { batch: 1 }),
    optional('batch_size', 'count', 1),
    optional('num_threads', 'count', 1),
    optional('warmup_iterations', 'count', 1),
    optional('iterations', 'count', 2),
  ],
  sensitivity: byId('sensitivity'),
  'sensitivity/list': ofProject,
  'sensitivity/edit': [
    ...byId('sensitivity'),
    needed('layers', 'layers', []),
    ...[optional('dataset_id', 'id', idOf('dataset')), optional('levels', 'levels', [0.5])],
    ...['samples', 'batch_size', 'num_threads', 'warmup_iterations'].map((name) => optional(name, 'count', 1)),
    optional('iterations', 'count', 2),
  ],
  'sensitivity/execute': execution('sensitivity'),
  'sensitivity/delete': toDelete('sensitivity'),
  'sensitivity/results/csv': byId('sensitivity'),
  'sensitivity/output.log': byId('sensitivity'),
  'examples/list': [],
  'examples/add': [
    needed('request_id', 'requestId', 'hostile'),
    needed('name', 'name', 'From an example'),
    ...framework,
    ...domain,
    needed('model', 'term', 'mnist_resnet'),
    optional('progress_steps', 'count', 4),
  ],
  'model/list': ofProject,
  'model/download': byId('model'),
  'model/boundary_nodes': [needed('request_id', 'requestId', 'hostile'), needed('model_path', 'path', modelPath)],
  'model/graph': graph,
  'model/graph/highlight_pattern': [...graph, needed('op_name', 'name', 'conv'), needed('pattern', 'term', 'Conv')],
  diagnosis: ofModel,
  'diagnosis/op_list': ofModel,
  'diagnosis/op_details': [...ofModel, needed('op_name', 'name', 'conv')],
  'diagnosis/histogram': [...ofModel, needed('op_name', 'name', 'conv'), needed('type', 'term', 'weights')],
  'diagnosis/model_wise_params': [needed('optimization_id', 'id', idOf('optimization'))],
  'diagnosis/generate_optimization': [
    ...ofProject,
    needed('optimization_id', 'id', idOf('optimization')),
    needed('optimization_name', 'name', 'Made of a diagnosis'),
    optional('op_wise', 'object', {}),
    optional('model_wise', 'object', { weight: { granularity: 'per_tensor' } }),
  ],
  'dict/domains': [],
  'dict/domain_flavours': [],
  'dict/optimization_types': [],
  'dict/optimization_types/precision': [needed('precision', 'term', 'int8')],
  'dict/precisions': [],
  'dict/dataloaders': [],
  'dict/dataloaders/framework': framework,
  'dict/transforms': [],
  'dict/transforms/framework': framework,
  'dict/transforms/domain': domain,
  'dict/metrics': [],
  'dict/metrics/framework': framework,
  filesystem: [optional('path', 'folder', workspace), optional('filter', 'term', 'all')],
  system_info: [],
  get_possible_values: [needed('param', 'term', 'strategy')],
  get_default_path: [],
  list_model_zoo: [],
};

/** The same path with another body: an input model and an optimized one, benchmarked together. */
const models = [
  needed('id', 'requestId', 'hostile'),
  needed('input_model', 'object', {}),
  needed('input_model.path', 'path', modelPath),
  optional('input_model.precision', 'text', 'fp32'),
  optional('input_model.mods', 'names', ['benchmark']),
  needed('optimized_model', 'object', {}),
  needed('optimized_model.path', 'path', modelPath),
];
const pairWithWorkspace = [...models, optional('workspace_path', 'folder', workspace)];
const evaluation = join(bundledFolder('mnist'), 'evaluation.yaml');
const pairWithData = [...models, optional('dataset_path', 'folder', evaluation)];

describe('the table', () => {
  it('has every operation', () => {
    expect(Object.keys(taken).sort()).toEqual(operations.map(({ path }) => path).sort());
  });
});

describe.each([
  ...operations.map(({ path }) => ({ what: path, path, parameters: taken[path] ?? [] })),
  { what: 'benchmark of two models', path: 'benchmark', parameters: pairWithWorkspace },
  { what: 'benchmark of two models on data', path: 'benchmark', parameters: pairWithData },
])('$what', ({ path, parameters }) => {
  it('refuses what is wrong in one sentence, and changes nothing', async () => {
    const before = contentsOf(workspace);
    const wrong: string[] = [];
    for (const { what, request, statuses } of badRequests(parameters)) {
      const { status, text, headers } = await bench.ask(path, request);
      const fault = faultOf({ status, text, contentType: headers['content-type'] ?? '' }, statuses);
      if (fault !== undefined) wrong.push(`${what}: ${fault}`);
    }
    expect(wrong).toEqual([]);
    expect(contentsOf(workspace)).toEqual(before);
  });
});

interface BadRequest {
  readonly what: string;
  readonly request: unknown;
  readonly statuses: readonly number[];
}

function badRequests(parameters: readonly Parameter[]): BadRequest[] {
  const replacing = (one: Parameter, value: unknown): object => requestOf(parameters, new Map([[one, value]]));
  const shown = (value: unknown): string => JSON.stringify(value).slice(0, 60);
  return [
    ...['[]', '"text"', '7', 'null', '{"id": 1', '['.repeat(5000)].map((request) => ({
      what: `body ${request.slice(0, 20)}`,
      request,
      statuses: [400],
    })),
    { what: 'a body of 10 MB', request: { name: 'x'.repeat(1e7), id: 'x'.repeat(1e5) }, statuses: [413] },
    ...parameters.flatMap((one) => [
      ...(one.required
        ? [{ what: `no ${one.at.join('.')}`, request: replacing(one, undefined), statuses: [400] }]
        : []),
      ...(one.required && one.kind.mayBeNull !== true
        ? [{ what: `${one.at.join('.')}: null`, request: replacing(one, null), statuses: [400] }]
        : []),
      ...one.kind.wrong.map((value) => ({
        what: `${one.at.join('.')}: ${shown(value)}`,
        request: replacing(one, value),
        statuses: [400, 403],
      })),
      ...one.kind.unknown.map((value) => ({
        what: `unknown ${one.at.join('.')}: ${shown(value)}`,
        request: replacing(one, value),
        statuses: [400, 403, 404],
      })),
    ]),
  ];
}

interface GivenAnswer {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
}

/** What is wrong with the answer to a bad request; undefined for nothing. */
function faultOf({ status, text, contentType }: GivenAnswer, statuses: readonly number[]): string | undefined {
  if (!statuses.includes(status)) return `${status} ${text.slice(0, 200)}`;
  if (!contentType.startsWith('text/plain')) return contentType;
  const [sentence = '', ...steps] = text.trimEnd().split('\n');
  if (!/^(?:\S+: )?[A-Z"][^\u0000-\u001f]{5,400}$/.test(sentence) || steps.length > 1)
    return `not a sentence: ${text.slice(0, 300)}`;
  return /node:internal|\.[jt]s:\d+|^\s+at /m.test(text) ? `a stack trace: ${text.slice(0, 200)}` : undefined;
}

describe('a name that is HTML', () => {
  it('is a name like others, and is given back as it is, as JSON that no browser takes for a page', async () => {
    const name = '<img src=x onerror="alert(1)">';
    const { project_id } = await bench.get('project/create', {
      name,
      model: { path: modelPath, input_nodes: 'input', output_nodes: 'logits', domain: '' },
    });
    const answer = await bench.ask('project', { id: project_id });
    expect((JSON.parse(answer.text) as { name: string }).name).toBe(name);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(await bench.get('project/delete', { id: project_id, name })).toEqual({ id: project_id });
  });
});

describe('a model file', () => {
  it('that is none is refused by every operation that reads one', async () => {
    const files = {
      'empty.onnx': '',
      'text.onnx': 'no model',
      'page.onnx': '<html></html>',
      'zeros.onnx': '\0'.repeat(99),
    };
    for (const [name, content] of Object.entries(files)) {
      const path = join(workspace, 'models', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      const before = contentsOf(workspace);
      const model = { path, input_nodes: 'input', output_nodes: 'logits', domain: '' };
      const answers = [
        await bench.ask('project/create', { name: 'None', model }),
        await bench.ask('model/graph', { path }),
        await bench.ask('model/graph/highlight_pattern', { path, op_name: 'a', pattern: ['Conv'] }),
      ];
      for (const { status, text, headers } of answers)
        expect(faultOf({ status, text, contentType: headers['content-type'] ?? '' }, [400])).toBeUndefined();
      expect(contentsOf(workspace)).toEqual(before);
    }
  });
});
