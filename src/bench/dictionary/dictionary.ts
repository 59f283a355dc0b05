// Operations dict/…: what models are for, what can be done to them, and what data sets are made of (SYSTEMS §1.3, §1.5).
import { domainFlavours, domains, optimizationTypes, precisions } from '../../dictionary/benchTerms';
import type { NamedTerm } from '../../dictionary/benchTerms';
import { loaderViews, metricViews, transformViews } from './dictionaryViews';
import { termNamed } from './namedTerm';
import { frameworkNamed } from './frameworkNames';
import type { NamedFramework } from './frameworkNames';
import type { AnyOperation, Operation } from '../operation';
import { answeringNow } from '../operation';

/** A dictionary that is the same for everybody. */
function fixed(path: string, summary: string, answer: () => object): Operation<null, object> {
  return { path, summary, read: () => null, run: () => Promise.resolve(answer()) };
}

/** A dictionary of what works with one framework: with ONNX Runtime everything, with others nothing. */
function byFramework(key: string, all: () => readonly object[]): Operation<NamedFramework, object> {
  return {
    path: `dict/${key}/framework`,
    summary: `List the ${key} of a framework.`,
    read: (parameters) => frameworkNamed(parameters, 'framework'),
    run: (_, framework) => Promise.resolve({ [key]: framework === 'ONNXRT' ? all() : [] }),
  };
}

const optimizationTypesByPrecision: Operation<string, object> = {
  path: 'dict/optimization_types/precision',
  summary: 'List the types of optimizations and say which can lead to a precision.',
  read: (parameters) => termNamed(parameters, 'precision', precisions),
  run: (_, precision) =>
    Promise.resolve({
      optimization_types: optimizationTypes.map(({ id, name, precisions: reachable }) => ({
        id,
        name,
        is_supported: reachable.some((one) => one === precision),
      })),
    }),
};

const transformsByDomain: Operation<string, object> = {
  path: 'dict/transforms/domain',
  summary: 'List the transforms that are offered for a domain.',
  read: (parameters) => termNamed(parameters, 'domain', domains),
  run: (_, domain) => Promise.resolve({ transforms: transformsFor(domain) }),
};

/** The transforms offered for a domain; for none of them all. */
export function transformsFor(domain: string): ReturnType<typeof transformViews> {
  return transformViews().filter((view) => domain === '' || view.domains.some(({ name }) => name === domain));
}

const plain = ({ id, name }: NamedTerm): NamedTerm => ({ id, name });

export const dictionaryOperations: readonly AnyOperation[] = [
  answeringNow(fixed('dict/domains', 'List what models can be for.', () => ({ domains }))),
  answeringNow(fixed('dict/domain_flavours', 'List families of models.', () => ({ domain_flavours: domainFlavours }))),
  answeringNow(
    fixed('dict/optimization_types', 'List the types of optimizations.', () => ({
      optimization_types: optimizationTypes.map(plain),
    })),
  ),
  answeringNow(optimizationTypesByPrecision),
  answeringNow(fixed('dict/precisions', 'List element types.', () => ({ precisions }))),
  answeringNow(fixed('dict/dataloaders', 'List the data loaders.', () => ({ dataloaders: loaderViews() }))),
  answeringNow(byFramework('dataloaders', loaderViews)),
  answeringNow(fixed('dict/transforms', 'List the transforms.', () => ({ transforms: transformViews() }))),
  answeringNow(byFramework('transforms', transformViews)),
  answeringNow(transformsByDomain),
  answeringNow(fixed('dict/metrics', 'List the metrics.', () => ({ metrics: metricViews() }))),
  answeringNow(byFramework('metrics', metricViews)),
];
