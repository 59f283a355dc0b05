// Reads parameters of algorithms and options of functions: nothing unknown passes. Those of POT go by its spelling, too.
import { nearestName } from '../../config/nearestName';
import { kindOf } from './items';
import { pipelineErrors } from './pipelineErrors';

/** A group of parameters, for which every reader names what it expects. */
export class Parameters {
  private readonly values = new Map<string, unknown>();

  /**
   * @param known names in snake_case, which may be given in camelCase, or in camelCase, which may not be given otherwise
   * @param place for sentences, such as `DefaultQuantization.weights`
   * @throws PipelineError for what is no object, and for a name that is not in `known`
   */
  constructor(
    given: unknown,
    known: readonly string[],
    readonly place: string,
  ) {
    if (!isObject(given)) throw pipelineErrors.parameterObject(place, kindOf(given), known);
    for (const [key, value] of Object.entries(given)) {
      const name = known.includes(key) ? key : snakeCase(key);
      if (!known.includes(name)) throw pipelineErrors.unknownParameter(place, key, known, nearestName(name, known));
      if (this.values.has(name)) throw pipelineErrors.doubledParameter(place, name);
      if (value !== undefined) this.values.set(name, value);
    }
  }

  value(key: string): unknown {
    return this.values.get(key);
  }

  placeOf(key: string): string {
    return `${this.place}.${key}`;
  }

  choice<Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.values.get(key);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw pipelineErrors.parameter(this.placeOf(key), value, `one of ${choices.join(', ')}`);
    return found;
  }

  flag(key: string): boolean | undefined {
    const value = this.values.get(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw pipelineErrors.parameter(this.placeOf(key), value, 'true or false');
  }

  /** A whole number of at least `least`. */
  count(key: string, least = 1): number | undefined {
    const value = this.values.get(key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
    throw pipelineErrors.parameter(this.placeOf(key), value, `a whole number of at least ${least}`);
  }

  number(key: string, least: number, most = Infinity): number | undefined {
    const value = this.values.get(key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value >= least && value <= most) return value;
    const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
    throw pipelineErrors.parameter(this.placeOf(key), value, `a number ${range}`);
  }

  /** A number, above `bound` where there is one. */
  finite(key: string, bound = -Infinity): number | undefined {
    const value = this.values.get(key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isFinite(value) && value > bound) return value;
    throw pipelineErrors.parameter(
      this.placeOf(key),
      value,
      bound === -Infinity ? 'a number' : `a number above ${bound}`,
    );
  }

  text(key: string): string | undefined {
    const value = this.values.get(key);
    if (value === undefined || typeof value === 'string') return value;
    throw pipelineErrors.parameter(this.placeOf(key), value, 'a text');
  }

  list(key: string): readonly unknown[] {
    const value = this.values.get(key) ?? [];
    if (Array.isArray(value)) return value as readonly unknown[];
    throw pipelineErrors.parameter(this.placeOf(key), value, 'a list');
  }

  /** A group within this one; empty where it is not given. */
  section(key: string, known: readonly string[]): Parameters {
    return new Parameters(this.values.get(key) ?? {}, known, this.placeOf(key));
  }

  /** Refuses what is known but would do nothing, with the reason; `allowed` is what happens anyway. */
  only(key: string, allowed: unknown, reason: string): void {
    const value = this.values.get(key);
    if (value !== undefined && value !== null && value !== allowed) {
      throw pipelineErrors.noEffect(this.placeOf(key), value, reason);
    }
  }
}

/** Whether a value is an object with keys: parameters, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `statSubsetSize` as `stat_subset_size`. */
function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
