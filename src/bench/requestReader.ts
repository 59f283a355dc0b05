// Reads the parameters of a request: whatever a client sent, as checked values or as the refusal it knows (SYSTEMS §1.2).
import { requestErrors } from './requestErrors';

/** Controls, signs nobody sees, those that turn the direction of what follows, and halves of characters. */
const unfitSigns = /[\u0000-\u001f\u007f\u200b\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u;

/** A record with any keys; never one that inherits from something a client named. */
export type PlainObject = Readonly<Record<string, unknown>>;

/**
 * Parameters by name. A value from a query string is text; `"7"` is then as good as 7. Keys nobody asks for are ignored,
 * as clients of the originals send more than is needed.
 */
export class RequestReader {
  /** @param at names the object in messages: `model.` for the parameters inside `model`. */
  constructor(
    private readonly values: PlainObject,
    private readonly at = '',
  ) {}

  /** A request from something a client sent. Throws RequestError when it is not an object. */
  static of(value: unknown): RequestReader {
    if (!isPlainObject(value)) throw requestErrors.valueIncorrect('request', 'an object of parameters');
    return new RequestReader(value);
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  /** Whether a parameter was sent as null, where that says something else than leaving it out. */
  isNull(name: string): boolean {
    return Object.hasOwn(this.values, name) && this.values[name] === null;
  }

  /** A parameter as it was sent; undefined when it was not (or is null). */
  value(name: string): unknown {
    const value = Object.hasOwn(this.values, name) ? this.values[name] : undefined;
    return value === null ? undefined : value;
  }

  /** Id of an `entity`, a whole number above 0. */
  id(name: string, entity: string): number {
    const value = this.value(name);
    if (value === undefined || value === '') throw requestErrors.idMissing(entity);
    const id = wholeNumber(value);
    if (id === undefined || id < 1) throw requestErrors.idIncorrect(entity);
    return id;
  }

  /** As `id`; undefined when it was not sent. */
  optionalId(name: string, entity: string): number | undefined {
    return this.has(name) ? this.id(name, entity) : undefined;
  }

  /** The client's own name for a long action, which its messages will carry. */
  requestId(): string {
    const value = this.value('request_id');
    if (value === undefined || value === '') throw requestErrors.requestIdMissing();
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string' || value.length > 200)
      throw requestErrors.valueIncorrect('request_id', 'a short text');
    return value;
  }

  /** The name of a thing that is to be made. */
  name(parameter = 'name'): string {
    return this.text(parameter, 200);
  }

  /** Text of 1 to `longest` characters on one line, not of blanks alone. */
  text(name: string, longest = 4096): string {
    const value = this.optionalText(name, longest);
    if (value === undefined || value.trim() === '') throw requestErrors.parameterMissing(this.at + name);
    return value;
  }

  /** As `text`, but may be empty or absent. */
  optionalText(name: string, longest = 4096): string | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const isFit = typeof value === 'string' && value.length <= longest && !unfitSigns.test(value);
    if (!isFit)
      throw requestErrors.valueIncorrect(this.at + name, `a text of at most ${longest} characters on one line`);
    return value;
  }

  /** A whole number in the given bounds; undefined when it was not sent. */
  optionalInteger(name: string, minimum: number, maximum = Number.MAX_SAFE_INTEGER): number | undefined {
    if (!this.has(name)) return undefined;
    const number = wholeNumber(this.value(name));
    if (number === undefined || number < minimum || number > maximum) {
      const most = maximum === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${maximum}`;
      throw requestErrors.valueIncorrect(this.at + name, `a whole number of at least ${minimum}${most}`);
    }
    return number;
  }

  /** As `optionalInteger`, but it has to be there. */
  integer(name: string, minimum: number, maximum?: number): number {
    const number = this.optionalInteger(name, minimum, maximum);
    if (number === undefined) throw requestErrors.parameterMissing(this.at + name);
    return number;
  }

  /** A finite number; undefined when it was not sent. */
  optionalNumber(name: string): number | undefined {
    if (!this.has(name)) return undefined;
    const value = this.value(name);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) {
      throw requestErrors.valueIncorrect(this.at + name, 'a number');
    }
    return number;
  }

  /** One of the given texts; undefined when it was not sent. */
  optionalChoice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    if (!this.has(name)) return undefined;
    const found = choices.find((choice) => choice === this.value(name));
    if (found === undefined) throw requestErrors.valueIncorrect(this.at + name, `one of ${choices.join(', ')}`);
    return found;
  }

  /** Names as a list, or as text with commas; undefined when they were not sent. */
  optionalNames(name: string): readonly string[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const names = typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value;
    if (!Array.isArray(names) || !names.every((one): one is string => typeof one === 'string' && one.length <= 4096)) {
      throw requestErrors.valueIncorrect(this.at + name, 'a list of names, or names with commas between them');
    }
    return names.filter((one) => one !== '');
  }

  /** The parameters inside a parameter; undefined when it was not sent. */
  optionalObject(name: string): RequestReader | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!isPlainObject(value)) throw requestErrors.valueIncorrect(this.at + name, 'an object');
    return new RequestReader(value, `${this.at}${name}.`);
  }

  /** As `optionalObject`, but it has to be there. */
  object(name: string): RequestReader {
    const inner = this.optionalObject(name);
    if (inner === undefined) throw requestErrors.parameterMissing(this.at + name);
    return inner;
  }

  /** A list of objects; undefined when it was not sent. */
  optionalObjects(name: string): readonly RequestReader[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every(isPlainObject)) {
      throw requestErrors.valueIncorrect(this.at + name, 'a list of objects');
    }
    return value.map((one, index) => new RequestReader(one, `${this.at}${name}[${index}].`));
  }

  /** All parameters, as sent. */
  all(): PlainObject {
    return this.values;
  }
}

/** Whether a value is an object with keys, as JSON makes them. */
export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}
