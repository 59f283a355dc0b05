// Operation dataset/predefined: what a data set usually looks like for a domain, with what exists here (SYSTEMS §1.6).
import { domainFlavours, domains } from '../../dictionary/benchTerms';
import { entryNamed } from '../../dictionary/entry';
import type { ParameterValue } from '../../dictionary/entry';
import { loaderEntries } from '../../dictionary/loaders';
import type { LoaderName } from '../../dictionary/loaders';
import type { MetricName } from '../../dictionary/metrics';
import type { TransformName } from '../../dictionary/transforms';
import { frameworkNamed } from '../dictionary/frameworkNames';
import { termNamed } from '../dictionary/namedTerm';
import type { Operation } from '../operation';
import { answeringNow } from '../operation';
import { requestErrors } from '../requestErrors';

type Parameters = Readonly<Record<string, ParameterValue>>;

/** What a form is filled in with. */
interface Predefined {
  readonly loader: LoaderName;
  readonly transforms: readonly { readonly name: TransformName; readonly parameters: Parameters }[];
  readonly metric: MetricName;
  readonly metricParam: Parameters;
}

/** Classes of pictures as ImageNet has them. */
const pictureClasses: Predefined = {
  loader: 'ImagenetRaw',
  transforms: [
    {
      name: 'ResizeCropImagenet',
      parameters: {
        height: 224,
        width: 224,
        mean_value: [0.485, 0.456, 0.406],
        std_value: [0.229, 0.224, 0.225],
      },
    },
  ],
  metric: 'topk',
  metricParam: { k: 1 },
};

/** Pictures with boxes as COCO has them. */
const pictureBoxes: Predefined = {
  loader: 'COCORaw',
  transforms: [{ name: 'Resize', parameters: { size: [300, 300] } }],
  metric: 'COCOmAP',
  metricParam: {},
};

/** Sentences of a task of GLUE. */
const sentences: Predefined = {
  loader: 'GLUE',
  transforms: [],
  metric: 'GLUE',
  metricParam: { task: 'mrpc' },
};

const arrays: Predefined = { loader: 'npz', transforms: [], metric: 'agreement', metricParam: {} };

const byDomain: ReadonlyMap<string, Predefined> = new Map([
  ['Image Recognition', pictureClasses],
  ['Object Detection', pictureBoxes],
  ['Neural Language Processing', sentences],
]);

export const datasetPredefined: Operation<string, object> = {
  path: 'dataset/predefined',
  summary: 'Show what a data set usually looks like for a domain.',
  read: (parameters) => {
    const framework = frameworkNamed(parameters, 'framework');
    const domain = termNamed(parameters, 'domain', domains);
    termNamed(parameters, 'domain_flavour', domainFlavours);
    if (framework === 'ONNXRT') return domain;
    throw requestErrors.refused('framework', 'Only models of ONNXRT are run here, so no other data is predefined.');
  },
  run: (_, domain) => Promise.resolve(predefinedView(byDomain.get(domain) ?? arrays)),
};

export const datasetPredefinedOperations = [answeringNow(datasetPredefined)];

function predefinedView({ loader, transforms, metric, metricParam }: Predefined): object {
  return {
    dataloader: { name: loader, params: loaderParameters(loader) },
    transform: transforms.map(({ name, parameters }) => ({ name, params: listed(parameters) })),
    metric,
    metric_param: metricParam,
  };
}

/** Those that have to be filled in, and paths, which are worth asking for. */
function loaderParameters(loader: LoaderName): object[] {
  const asked = (entryNamed(loaderEntries, loader)?.parameters ?? []).filter(
    ({ required, type, name }) => required === true || type.kind === 'path' || name === 'labels' || name === 'task',
  );
  return asked.map(({ name, default: value }) => ({ name, value: value ?? '' }));
}

function listed(parameters: Parameters): object[] {
  return Object.entries(parameters).map(([name, value]) => ({ name, value }));
}
