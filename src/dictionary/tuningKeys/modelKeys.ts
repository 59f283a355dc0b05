// Keys of the section model of config.yaml (SYSTEMS §2.1); data only.
import type { ConfigKeys } from './configKey';

/** Frameworks the product works for; all of them mean ONNX Runtime. */
export const frameworkNames = [
  'onnxrt_qlinearops',
  'onnxrt_qoperator',
  'onnxrt_integerops',
  'onnxrt_qdq',
  'NA',
] as const;

// prettier-ignore
const otherFrameworks = [
  'tensorflow', 'inteltensorflow', 'tensorflow_itex', 'keras', 'pytorch', 'pytorch_fx', 'pytorch_ipex', 'mxnet',
  'engine',
];

export const modelKeys = {
  name: {
    kind: 'value',
    title: 'Name',
    help: 'What the model is called in the report; without it the name of its file.',
    type: { kind: 'string' },
  },
  path: {
    kind: 'value',
    title: 'Model file',
    help: 'The ONNX file, relative to this config; the option --model takes its place.',
    type: { kind: 'path' },
  },
  framework: {
    kind: 'value',
    title: 'Framework',
    help: 'Known from Neural Compressor. onnxrt_qdq and onnxrt_qoperator fix the format, onnxrt_integerops means dynamic quantization, the others leave both open.',
    type: { kind: 'string', choices: frameworkNames },
    default: 'NA',
    refusedValues: Object.fromEntries(
      otherFrameworks.map((name) => [
        name,
        `This product works on ONNX models; export the ${name} model to ONNX first.`,
      ]),
    ),
  },
  inputs: {
    kind: 'value',
    title: 'Inputs',
    help: 'Names of the inputs the model has; a check that the file is the one that is meant, not a selection: data always goes to all of its inputs.',
    type: { kind: 'list', of: { kind: 'string' } },
    default: [],
  },
  outputs: {
    kind: 'value',
    title: 'Outputs',
    help: 'Names of the outputs the model has; a check that the file is the one that is meant, not a selection: which output a metric looks at is its parameter output.',
    type: { kind: 'list', of: { kind: 'string' } },
    default: [],
  },
} as const satisfies ConfigKeys;
