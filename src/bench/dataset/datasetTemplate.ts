// The code a person starts from when data is read, or results are judged, by a module of their own. It runs as it is.
import type { PortFacts } from '../../onnx/modelFacts';
import { BenchError } from '../../protocol/benchError';
import { describeModel } from '../model/modelDetection';

/** Its name, beside dataset.json. */
export const templateName = 'code_template.mjs';

/** What a person has to write. */
export interface TemplateParts {
  readonly loader: boolean;
  readonly metric: boolean;
}

/** One input of the model, and a sample of it. */
interface TemplateInput {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
}

/** Element types with the arrays that hold them; halves are held as their bits. */
const arrayNames: ReadonlyMap<string, string> = new Map([
  ['float32', 'Float32Array'],
  ['float64', 'Float64Array'],
  ['float16', 'Uint16Array'],
  ['uint8', 'Uint8Array'],
  ['int8', 'Int8Array'],
  ['uint16', 'Uint16Array'],
  ['int16', 'Int16Array'],
  ['uint32', 'Uint32Array'],
  ['int32', 'Int32Array'],
  ['uint64', 'BigUint64Array'],
  ['int64', 'BigInt64Array'],
  ['bool', 'Uint8Array'],
]);

/** Sides of pictures and lengths of texts that the model leaves open. */
const openSide = 224;
const openLength = 16;

/** What a model takes; of one that cannot be read or run, a picture under the first of the given names. */
export function templateInputs(modelPath: string | undefined, names: readonly string[]): readonly TemplateInput[] {
  const ports = modelPath === undefined ? [] : inputsOf(modelPath);
  const usable = ports.filter(({ type }) => arrayNames.has(type));
  if (usable.length === 0) return [{ name: names[0] ?? 'image', type: 'float32', dims: [3, openSide, openSide] }];
  return usable.map(({ name, type, shape }) => ({ name, type, dims: sampleDims(shape) }));
}

function inputsOf(modelPath: string): readonly PortFacts[] {
  try {
    const { inputs, runs } = describeModel(modelPath);
    return runs ? inputs : [];
  } catch (thrown) {
    if (thrown instanceof BenchError) return [];
    throw thrown;
  }
}

function sampleDims(shape: PortFacts['shape']): number[] {
  const sample = shape?.slice(1) ?? [];
  return sample.map((size) => (typeof size === 'number' ? size : sample.length === 3 ? openSide : openLength));
}

/** The module. Names out of a model stand in it as text only, and never in a comment. */
export function templateText({ loader, metric }: TemplateParts, inputs: readonly TemplateInput[]): string {
  const parts = [...(loader ? [loaderText(inputs)] : []), ...(metric ? [metricText] : [])];
  return parts.join('\n');
}

function loaderText(inputs: readonly TemplateInput[]): string {
  return `// A data set of your own for Compressor Bench. As it stands it gives made-up samples: put yours in their place.
//
// The class is made once, then asked for \`length\`, then for items by their index, in any order and more than once.
// \`parameters\` holds what the data set says besides "path" (such as "root", the folder of the data), and \`folder\` is
// where the file with that description lies.

/** Inputs of the model: the shape of one sample, without the batch axis. */
const inputs = [
${inputs.map((input) => `  ${inputText(input)},`).join('\n')}
];

class Loader {
  constructor(parameters, { folder }) {
    this.parameters = parameters;
    this.folder = folder;
  }

  /** How many samples there are. */
  get length() {
    return 100;
  }

  /** One sample. \`annotation\` is what is right for it: the index of its class, or whatever your metric looks at. */
  get(index) {
    return {
      id: \`sample \${index}\`,
      inputs: Object.fromEntries(inputs.map((input) => [input.name, madeUpTensor(input, index)])),
      annotation: index % 2,
    };
  }

  /** Called once, when nobody will ask for items again. */
  close() {}
}

export { Loader as default };

/** A tensor: its type, its shape, and its values in row-major order. */
function madeUpTensor({ type, dims, array }, index) {
  const count = dims.reduce((product, size) => product * size, 1);
  const data = new array(count);
  const isBig = data instanceof BigInt64Array || data instanceof BigUint64Array;
  const isFraction = data instanceof Float32Array || data instanceof Float64Array;
  for (let at = 0; at < count; at++) {
    const value = ((index + 1) * 7919 + at * 104729) % 1000;
    data[at] = isFraction ? value / 1000 : isBig ? BigInt(value % 2) : value % 2;
  }
  return { type, dims, data };
}
`;
}

function inputText({ name, type, dims }: TemplateInput): string {
  const array = arrayNames.get(type) ?? 'Float32Array';
  return `{ name: ${JSON.stringify(name)}, type: '${type}', dims: [${dims.join(', ')}], array: ${array} }`;
}

const metricText = `// A metric of your own for Compressor Bench. As it stands it is the share of samples whose highest score is that of their
// label: put your own judgement in its place.
//
// The class is made once for each evaluation, is given the outputs batch by batch, and is asked for its result. Whether a
// greater result is a better one is the parameter "higher_is_better" of the metric.

export class Metric {
  constructor(parameters) {
    this.parameters = parameters;
    this.right = 0;
    this.samples = 0;
  }

  /** \`outputs\` holds the outputs of the model by name, with the batch as first axis; \`annotations\` one for each sample. */
  update(outputs, annotations) {
    const [{ data }] = Object.values(outputs);
    const scores = data.length / annotations.length;
    annotations.forEach((annotation, sample) => {
      const own = Array.from(data.slice(sample * scores, (sample + 1) * scores));
      const best = own.reduce((highest, score, at) => (score > own[highest] ? at : highest), 0);
      if (best === Number(annotation)) this.right += 1;
    });
    this.samples += annotations.length;
  }

  /** The figure over everything so far. */
  result() {
    return this.samples === 0 ? 0 : this.right / this.samples;
  }
}
`;
