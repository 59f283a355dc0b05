// Operations model/graph and model/graph/highlight_pattern (SYSTEMS §1.7): a model's graph with groups to open.
import { highlightPattern } from '../../onnx/hierarchy/highlightPattern';
import type { HighlightedPattern } from '../../onnx/hierarchy/highlightPattern';
import { fewestVisibleNodes } from '../../onnx/hierarchy/modelHierarchy';
import type { ModelGraph, ModelHierarchy } from '../../onnx/hierarchy/modelHierarchy';
import { BenchError } from '../../protocol/benchError';
import type { Bench } from '../bench';
import type { Operation } from '../operation';
import { answeringNow } from '../operation';
import { requestErrors } from '../requestErrors';
import type { RequestReader } from '../requestReader';
import { graphsOf } from './graphCache';

interface GraphRequest {
  readonly path: string;
  /** Groups to open, by key or id; unknown ones have no effect. */
  readonly groups: readonly string[];
  /** Nodes shown at once; absent: the usual number. */
  readonly limit: number | undefined;
}

interface PatternRequest extends GraphRequest {
  readonly operator: string;
  /** Op types that follow each other. */
  readonly pattern: readonly string[];
}

const mostShown = 1_000_000;

export const modelGraph: Operation<GraphRequest, ModelGraph> = {
  path: 'model/graph',
  summary: 'Show the graph of a model, with the named groups open.',
  read: readGraphRequest,
  run: (bench, request) =>
    later(() => look(bench, request, (hierarchy) => hierarchy.view({ expanded: request.groups }))),
};

export const modelGraphPattern: Operation<PatternRequest, HighlightedPattern> = {
  path: 'model/graph/highlight_pattern',
  summary: 'Show the graph of a model with an operator and those that follow it marked.',
  read: (parameters) => {
    const pattern = parameters.optionalNames('pattern');
    if (pattern === undefined) throw requestErrors.parameterMissing('pattern');
    return { ...readGraphRequest(parameters), operator: parameters.text('op_name'), pattern };
  },
  run: (bench, request) => {
    const { operator, pattern, groups } = request;
    return later(() => look(bench, request, (hierarchy) => highlightPattern(hierarchy, operator, pattern, groups)));
  },
};

export const modelGraphOperations = [answeringNow(modelGraph), answeringNow(modelGraphPattern)];

function readGraphRequest(parameters: RequestReader): GraphRequest {
  return {
    path: parameters.text('path'),
    groups: readGroups(parameters),
    limit: parameters.optionalInteger('limit', fewestVisibleNodes, mostShown),
  };
}

/** A single text is one group, whose name may have commas, or several with commas between them. */
function readGroups(parameters: RequestReader): readonly string[] {
  const names = parameters.optionalNames('group') ?? [];
  const value = parameters.value('group');
  return typeof value === 'string' ? [value, ...names] : names;
}

/** Refusals reject, as those of every other operation. */
function later<Result>(work: () => Result): Promise<Result> {
  return Promise.resolve().then(work);
}

/** What `see` makes of the groups of the model; refused when it is none. */
function look<Result>(bench: Bench, { path, limit }: GraphRequest, see: (hierarchy: ModelHierarchy) => Result): Result {
  const real = bench.access.realPath(path);
  try {
    return graphsOf(bench).with(real, { limit }, see);
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    throw requestErrors.refused(thrown.code, thrown.message, thrown.nextStep);
  }
}
