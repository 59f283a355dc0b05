// The fixed dictionaries of the bench (SYSTEMS §1.5): what models are for, what they are made of, what can be done to them.

/** A name and the number clients know it by. Numbers follow the order and never change; new names go to the end. */
export interface NamedTerm {
  readonly id: number;
  readonly name: string;
}

function numbered<const Name extends string>(
  names: readonly Name[],
): readonly { readonly id: number; readonly name: Name }[] {
  return names.map((name, index) => ({ id: index + 1, name }));
}

/** What a model is for; `''` is "none of these". */
export const domains = numbered([
  '',
  'Image Recognition',
  'Object Detection',
  'Neural Language Processing',
  'Recommendation',
]);

/** Families within a domain. */
export const domainFlavours = numbered(['', 'SSD', 'Yolo']);

/** What models come from. The last two can be looked at, not run. */
export const frameworks = numbered(['ONNXRT', 'TensorFlow', 'OpenVINO']);

export type FrameworkName = (typeof frameworks)[number]['name'];

/** Element types an optimization can lead to, and those models come with. */
export const precisions = numbered(['fp32', 'int8', 'int8 static quantization', 'int8 dynamic quantization', 'fp16']);

export type PrecisionName = (typeof precisions)[number]['name'];

/** What an optimization does, and the precisions it can lead to. */
export const optimizationTypes = [
  { id: 1, name: 'Quantization', precisions: ['int8', 'int8 static quantization', 'int8 dynamic quantization'] },
  { id: 2, name: 'Graph optimization', precisions: ['fp32'] },
  { id: 3, name: 'Mixed precision', precisions: ['fp16'] },
  { id: 4, name: 'Pruning', precisions: ['fp32'] },
] as const satisfies readonly (NamedTerm & { readonly precisions: readonly PrecisionName[] })[];

export type OptimizationTypeName = (typeof optimizationTypes)[number]['name'];

/** Whether a model of this precision is quantized: it is not quantized again. */
export function isQuantizedPrecision(precision: string): boolean {
  return optimizationTypes.some(
    ({ name, precisions: leadsTo }) => name === 'Quantization' && leadsTo.some((each) => each === precision),
  );
}

/** Whether optimizations of a type search: they have tuning details. */
export function searches(optimizationType: string): boolean {
  return optimizationType === 'Quantization';
}

/** Whether optimizations of a type prune: they have pruning details. */
export function prunes(optimizationType: string): boolean {
  return optimizationType === 'Pruning';
}

/** Cores of an instance of a benchmark where nobody names any and the machine has them: the API's default (SYSTEMS §1.3). */
export const usualCores = 4;
