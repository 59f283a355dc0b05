// What a model file is, as far as the bench keeps it: found by our own reader; nothing is run.
import { basename } from 'node:path';
import type { FrameworkName, PrecisionName } from '../../dictionary/benchTerms';
import { sha256OfFile } from '../../files/fileHash';
import type { ForeignModel } from '../../formats/foreignModel';
import { weightsOf } from '../../formats/openvinoModel';
import { openModel } from '../../formats/openModel';
import type { OpenedModel } from '../../formats/openModel';
import { domainWithFlavour, guessDomain, guessDomainOf, guessFlavour } from '../../onnx/domainGuess';
import type { DomainGuess, FlavourGuess } from '../../onnx/domainGuess';
import { requiredInputs } from '../../onnx/graphView';
import { declaredPort, floatTypeOf } from '../../onnx/modelFacts';
import type { PortFacts } from '../../onnx/modelFacts';
import { quantizationFormOf } from '../../onnx/quantizationForm';
import type { QuantizationForm } from '../../onnx/quantizationForm';
import { BenchError } from '../../protocol/benchError';
import { requestErrors } from '../requestErrors';

/** What is found in a model file. */
export interface DetectedModel {
  readonly framework: FrameworkName;
  /** Of the dictionary where it has it; `bf16` and `fp64` it has not. Undefined where the file does not tell. */
  readonly precision: PrecisionName | 'bf16' | 'fp64' | undefined;
  /** What its names and operators look like; `''` for no guess. */
  readonly domain: DomainGuess;
  /** The family of detectors that names in it, or its own, tell. */
  readonly flavour: FlavourGuess;
  /** With the types and shapes that the file declares, as those of the outputs: nothing is inferred. */
  readonly inputs: readonly PortFacts[];
  readonly outputs: readonly PortFacts[];
  /** The file and what belongs to it: external data, the weights of OpenVINO. */
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Whether it can be run. */
  readonly runs: boolean;
}

/** Reads a model file. Throws RequestError when it is none, or a damaged one. */
export async function detectModel(path: string): Promise<DetectedModel> {
  try {
    return { ...describeModel(path), sha256: await sha256OfFile(path) };
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    throw requestErrors.refused(thrown.code, thrown.message, thrown.nextStep);
  }
}

/** The same without the hash, which takes its time on large files. Throws ModelError when it is none, or a damaged one. */
export function describeModel(path: string): Omit<DetectedModel, 'sha256'> {
  const opened = openModel(path);
  try {
    return described(opened, path);
  } finally {
    opened.model.close();
  }
}

function described(opened: OpenedModel, path: string): Omit<DetectedModel, 'sha256'> {
  if (opened.kind === 'foreign') return foreignModel(opened.model, path);
  const { proto, graph, sizeBytes } = opened.model;
  const inputs = requiredInputs(graph).map(declaredPort);
  const outputs = graph.output.map(declaredPort);
  const names = [...[graph, ...inputs, ...outputs, ...graph.node].map(({ name }) => name), basename(path)];
  const flavour = guessFlavour(names);
  return {
    ...{ framework: 'ONNXRT', runs: true, inputs, outputs, sizeBytes },
    precision: precisionOf(quantizationFormOf(proto).form, floatTypeOf(proto, inputs)),
    domain: domainWithFlavour(guessDomain(graph), flavour),
    flavour,
  };
}

function foreignModel({ facts, graph }: ForeignModel, path: string): Omit<DetectedModel, 'sha256'> {
  const { format, inputs, outputs, sizeBytes } = facts;
  const names = [...[...inputs, ...outputs, ...graph.nodes].map(({ name }) => name), basename(path)];
  const flavour = guessFlavour(names);
  const operators = graph.nodes.filter(({ boundary }) => boundary === undefined);
  return {
    ...{ inputs, outputs, precision: undefined, runs: false },
    domain: domainWithFlavour(guessDomainOf({ inputs, outputs, nodes: operators }), flavour),
    framework: format === 'OpenVINO IR' ? 'OpenVINO' : 'TensorFlow',
    sizeBytes: sizeBytes + (format === 'OpenVINO IR' ? (weightsOf(path)?.sizeBytes ?? 0) : 0),
    flavour,
  };
}

/** The precision of a model as all of the bench names it. */
export function precisionOf(form: QuantizationForm, floatType: string | null): NonNullable<DetectedModel['precision']> {
  if (form !== 'none') return 'int8';
  if (floatType === 'float16') return 'fp16';
  if (floatType === 'bfloat16') return 'bf16';
  return floatType === 'float64' ? 'fp64' : 'fp32';
}
