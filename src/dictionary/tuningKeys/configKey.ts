// What a key of config.yaml is, as data: the checker, the JSON Schema, completion and hover are all made from it.
import type { ParameterType, ParameterValue, ValueOf } from '../entry';

/**
 * What a plain key may hold. Besides the types of parameters: a `percent` is a number or text such as `1%`, and
 * lists of names or numbers may also be text separated by commas or blanks (the coercions of SYSTEMS §2).
 */
export type ConfigValueType =
  ParameterType | { readonly kind: 'percent'; readonly above?: number; readonly below?: number };

interface KeyText {
  /** A few words, as a heading. */
  readonly title: string;
  /** Sentences for a person. */
  readonly help: string;
}

/** A key with a plain value. */
export interface ValueKey extends KeyText {
  readonly kind: 'value';
  readonly type: ConfigValueType;
  /** What an absent key means, for people and schemas; whoever builds the config fills it in. */
  readonly default?: ParameterValue;
  /** Unit of a number: `s`. */
  readonly unit?: string;
  /** Values that are known from elsewhere but cannot be followed, each with the reason as a sentence. */
  readonly refusedValues?: Readonly<Record<string, string>>;
}

/** A key that holds other keys; null is an empty one. */
export interface SectionKey extends KeyText {
  readonly kind: 'section';
  readonly keys: ConfigKeys;
  /** The key a plain value stands for: `strategy: mse` is `strategy: {name: mse}`. */
  readonly scalarKey?: string;
}

/** A map whose keys are names out of the model. */
export interface NamedKey extends KeyText {
  readonly kind: 'named';
  /** Operator types are exact; patterns are regular expressions that match whole node names. */
  readonly names: 'opType' | 'pattern';
  readonly of: SectionKey;
}

/** The body of a DATASET.yaml without its metric, or the path of such a file. */
export interface DataKey extends KeyText {
  readonly kind: 'data';
}

/** A metric with its parameters. */
export interface MetricKey extends KeyText {
  readonly kind: 'metric';
}

/** Several metrics with their parameters, and the plain keys that stand among them. */
export interface MetricsKey extends KeyText {
  readonly kind: 'metrics';
  readonly keys: Readonly<Record<string, ValueKey>>;
}

/** Postprocessing steps by name. */
export interface PostprocessKey extends KeyText {
  readonly kind: 'postprocess';
}

/** A key that is known from Neural Compressor and cannot be followed, with the reason as a sentence. */
export interface RefusedKey extends KeyText {
  readonly kind: 'refused';
  readonly reason: string;
  /** Values that ask for nothing else than what is done anyway; null is always among them. */
  readonly accepted?: readonly ParameterValue[];
}

export type ConfigKey =
  ValueKey | SectionKey | NamedKey | DataKey | MetricKey | MetricsKey | PostprocessKey | RefusedKey;

/** Keys of a section by name, in the order help shows them. */
export type ConfigKeys = Readonly<Record<string, ConfigKey>>;

/** The TypeScript type of the checked value of a plain key. */
export type ConfigValueOf<Key> = Key extends { readonly kind: 'value'; readonly type: infer Type }
  ? Type extends { readonly kind: 'percent' }
    ? number
    : ValueOf<Type>
  : never;
