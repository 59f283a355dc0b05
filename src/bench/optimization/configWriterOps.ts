// What a diagnosis asked of single ops and of all (SYSTEMS §1.3 Diagnosis), as op_wise and model_wise of a config.yaml.
import type { DiagnosisConfig } from '../../store/records';
import { isPlainObject } from '../requestReader';
import type { PlainObject } from '../requestReader';

/** Sections for a quantization; none where nothing was asked for. */
export function opOptionsOf(config: DiagnosisConfig | null): object {
  if (config === null) return {};
  const { modelWise, opWise } = config;
  const ops = Object.entries(opWise).map(([name, options]) => [patternOf(name), optionsOf(options)] as const);
  return {
    ...(Object.keys(modelWise).length > 0 ? { model_wise: optionsOf(modelWise) } : {}),
    ...(ops.length > 0 ? { op_wise: Object.fromEntries(ops) } : {}),
  };
}

/** A diagnosis names nodes; a config has regular expressions that match whole names. */
function patternOf(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** Names of precisions that the pages of the originals send, as configs have them. */
const dtypes: ReadonlyMap<unknown, string> = new Map([
  ['float32', 'fp32'],
  ['float16', 'fp16'],
  ['bfloat16', 'bf16'],
]);

/** `pattern.precision` stands for the type of both weights and activations; single values stand for lists of one. */
function optionsOf(options: unknown): unknown {
  if (!isPlainObject(options)) return options;
  const { pattern, ...parts } = options;
  const precision = isPlainObject(pattern) ? pattern['precision'] : undefined;
  const tensors = Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, tensorOf(part)]));
  if (precision === undefined || precision === null) return tensors;
  const dtype = listOf('dtype', precision);
  const withType = (part: unknown): PlainObject => ({ ...(isPlainObject(part) ? part : {}), dtype });
  return { ...tensors, weight: withType(tensors['weight']), activation: withType(tensors['activation']) };
}

function tensorOf(part: unknown): unknown {
  if (!isPlainObject(part)) return part;
  const given = Object.entries(part).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, listOf(key, value)]));
}

function listOf(key: string, value: unknown): readonly unknown[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return key === 'dtype' ? values.map((one) => dtypes.get(one) ?? one) : values;
}
