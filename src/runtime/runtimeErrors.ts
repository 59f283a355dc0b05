// Every failure of the inference engine, made in one place.
import { BenchError } from '../protocol/benchError';
import type { PortInfo } from './session';

/** An error of loading the engine, loading a model into it, or running one. `code` starts with `engine-`. */
export class RuntimeFailure extends BenchError {
  override readonly name = 'RuntimeFailure';
}

/** One factory per failure. `reason` is the engine's own, cleaned by `engineReason`. */
export const runtimeErrors = {
  missing: (platform: string, cause: unknown): RuntimeFailure =>
    new RuntimeFailure(
      {
        code: 'engine-missing',
        message: `The inference engine (onnxruntime-node) could not be loaded on ${platform}.`,
        nextStep:
          'In VS Code, install the package of this extension that is made for this platform; elsewhere, run npm install again. The engine has binaries for Linux and Windows on x64 and arm64, and for macOS on arm64.',
      },
      { cause },
    ),
  tooOld: (version: string): RuntimeFailure =>
    new RuntimeFailure({
      code: 'engine-too-old',
      message: `onnxruntime-node ${version} is installed; versions before 1.24 read files outside a model's folder and are not used.`,
      nextStep: 'Run npm ci to install the version this program was made for.',
    }),
  load: (model: string, reason: string, cause: unknown): RuntimeFailure =>
    new RuntimeFailure(
      {
        code: 'engine-load',
        message: `The engine refuses to load ${model}: ${reason}`,
        nextStep:
          'Look at the model with `inspect`; export it again with operators and an opset that ONNX Runtime knows.',
      },
      { cause },
    ),
  elementType: (model: string, port: string, type: string): RuntimeFailure =>
    new RuntimeFailure({
      code: 'engine-type',
      message: `${model} has an input or output of type ${type}, which cannot be exchanged with the engine.`,
      place: `"${port}"`,
      nextStep: 'Export the model with float32, float16 or integer inputs and outputs.',
    }),
  run: (model: string, reason: string, node: string | undefined, cause: unknown): RuntimeFailure =>
    new RuntimeFailure(
      {
        code: 'engine-run',
        message: `Running ${model} failed: ${reason}`,
        ...(node === undefined ? {} : { place: node }),
        nextStep:
          'Check that the input has the shape and the values the model was made for (`inspect` shows its inputs).',
      },
      { cause },
    ),
  closed: (model: string): RuntimeFailure =>
    new RuntimeFailure({ code: 'engine-closed', message: `${model} was closed before this run.` }),
  noTensorOutput: (model: string, output: string, kind: string): RuntimeFailure =>
    new RuntimeFailure({
      code: 'engine-output-kind',
      message: `${model} gives no tensor: its output "${output}" is a ${kind}.`,
      place: `output "${output}"`,
      nextStep:
        'Export the model without the operator that makes it (for scikit-learn models: the option zipmap=False).',
    }),
  missingInputs: (missing: readonly Input[], given: readonly string[]): RuntimeFailure =>
    new RuntimeFailure({
      code: 'engine-input-missing',
      message: `The data gives ${listOf(given)}, but ${missing[0]?.model ?? 'the model'} also needs ${listOf(missing.map(({ name }) => name))}.`,
      place: `input "${missing[0]?.name ?? ''}"`,
      nextStep: 'Give arrays named like the inputs of the model (`inspect` lists them).',
    }),
  inputCount: (expected: readonly Input[], given: readonly string[]): RuntimeFailure =>
    new RuntimeFailure({
      code: 'engine-input-count',
      message: `${expected[0]?.model ?? 'The model'} has ${count(expected.length, 'input')} (${listOf(expected.map(({ name }) => name))}), the data gives ${count(given.length, 'array')} of other names (${listOf(given)}).`,
      nextStep: 'Give arrays named like the inputs of the model, or as many as it has, in its order.',
    }),
  inputKind: (port: Input, kind: string): RuntimeFailure =>
    new RuntimeFailure({
      code: 'engine-input-kind',
      message: `The ${inputOf(port)} is a ${kind}, not a tensor; such inputs cannot be fed.`,
      place: `input "${port.name}"`,
      nextStep: 'Export the model with tensor inputs.',
    }),
  inputType: (port: Input, expected: string, given: string): RuntimeFailure =>
    new RuntimeFailure({
      code: 'engine-input-type',
      message: `The ${inputOf(port)} takes ${expected}, the data gives ${given}.`,
      place: `input "${port.name}"`,
      nextStep: `Store the data as ${expected}, or add the transform Cast: {dtype: ${expected}}.`,
    }),
  inputShape: (port: Input, expected: string, given: string, nextStep: string): RuntimeFailure =>
    new RuntimeFailure({
      code: 'engine-input-shape',
      message: `The ${inputOf(port)} has the shape ${expected}, the data gives ${given}.`,
      place: `input "${port.name}"`,
      nextStep,
    }),
  openDimension: (port: Input, dimension: string): RuntimeFailure =>
    new RuntimeFailure({
      code: 'engine-open-dimension',
      message: `The size of dimension "${dimension}" of the ${inputOf(port)} is not known.`,
      place: `input "${port.name}"`,
      nextStep: `Give it a size: --dim ${/^[\w.-]+$/.test(dimension) ? dimension : `"${dimension}"`}=N.`,
    }),
  unnamedDimension: (port: Input, axis: number): RuntimeFailure =>
    new RuntimeFailure({
      code: 'engine-open-dimension',
      message: `Dimension ${axis} of the ${inputOf(port)} has neither a size nor a name.`,
      place: `input "${port.name}"`,
      nextStep: 'Run with --data and items of the shape you want, or export the model with named dimensions.',
    }),
  inputTooLarge: (port: Input, shape: string): RuntimeFailure =>
    new RuntimeFailure({
      code: 'engine-input-too-large',
      message: `The ${inputOf(port)} has the shape ${shape}: more than 2 GB for one input.`,
      place: `input "${port.name}"`,
      nextStep: 'Give smaller sizes with --dim or --batch; a fixed shape like this cannot be run.',
    }),
};

/** What the sentences need of an input. */
type Input = Pick<PortInfo, 'name' | 'model'>;

function inputOf({ name, model }: Input): string {
  return model === undefined ? `model's input "${name}"` : `input "${name}" of ${model}`;
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ');
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
