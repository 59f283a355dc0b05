// What every operation of the API takes, and values of each kind that must be refused.

/** A kind of parameter: what is wrong for it. */
export interface ParameterKind {
  /** Of the wrong type or shape, or out of its bounds. */
  readonly wrong: readonly unknown[];
  /** Of the right form, for something that is not there. */
  readonly unknown: readonly unknown[];
  readonly mayBeNull?: boolean;
}

const objects = [{}, [], [[]], [{}], { __proto__x: 1 }, true];
const html = '<script>alert(1)</script>';
const long = 'x'.repeat(10_000);
const escapes = ['../../../../etc/passwd', '/etc/passwd', '../secret.txt', '/proc/self/environ', '//host/share'];

const id: ParameterKind = {
  wrong: ['', 'x', 0, -1, 1.5, '1.5', '１', '1 OR 1=1', html, long, 1e21, 2 ** 53, [1], ...objects],
  unknown: [999_999, '999999', Number.MAX_SAFE_INTEGER],
};

/** Null takes a pin away. */
const pinned: ParameterKind = { ...id, mayBeNull: true };

/** Of what is deleted: what is not there need not be. */
const deleted: ParameterKind = { ...id, unknown: [] };

const name: ParameterKind = { wrong: ['', 7, long, 'a\nb', 'a\0b', ...objects], unknown: [] };

const path: ParameterKind = {
  wrong: ['', 7, 'a\0b', 'a\nb', long, 'CON', ...escapes, ...objects],
  unknown: ['missing.onnx', 'C:\\x', 'missing/folder', '~/model.onnx', 'file:///etc/passwd', html],
};

const term: ParameterKind = {
  wrong: [7, long, 'a\nb', ...objects],
  unknown: ['nothing', html, '__proto__', 'constructor', 'toString'],
};

const count: ParameterKind = {
  wrong: ['x', -2, 1.5, '1.5', 1e300, html, long, '0x10', [1], ...objects],
  unknown: [],
};

const requestId: ParameterKind = { wrong: ['', long, ...objects], unknown: [] };

const text: ParameterKind = { wrong: [7, long, ...objects], unknown: [] };

const list: ParameterKind = { wrong: ['x', 7, html, true, [1], ['x'], { a: 1 }], unknown: [] };

const names: ParameterKind = { wrong: [7, true, {}, [[]], [{}], [7]], unknown: ['nothing', html, ['__proto__']] };

/** Empty stands for the first of all folders. */
const folder: ParameterKind = { ...path, wrong: path.wrong.filter((value) => value !== '') };

const anObject: ParameterKind = { wrong: ['', 'x', 7, html, true, [], [1]], unknown: [] };

const levels: ParameterKind = { wrong: [7, 'x', '', html, [0], [1], [-0.5], ['x'], ...objects], unknown: [] };

const sizes: ParameterKind = {
  wrong: ['x', '', 7, html, true, [1], ['x'], 'batch=0', { batch: 0 }, { batch: 1.5 }, { batch: 'x' }, { '': 1 }],
  unknown: ['nothing=1', { nothing: 1 }, { [html]: 1 }],
};

const layers: ParameterKind = {
  wrong: ['x', 7, html, true, {}, [1], [{}], [{ id: 'a' }], [{ id: '', baseline: {}, sparse: [] }]],
  unknown: [],
};

export const kinds = {
  id,
  name,
  path,
  term,
  count,
  requestId,
  object: anObject,
  text,
  list,
  folder,
  deleted,
  pinned,
  names,
  levels,
  sizes,
  layers,
} as const;

export interface Parameter {
  readonly kind: ParameterKind;
  /** A value that is fine, or a function that knows it later. */
  readonly good: unknown;
  readonly required: boolean;
  /** Keys on the way to it, the last its own. */
  readonly at: readonly string[];
}

function parameter(at: string, kind: keyof typeof kinds, good: unknown, required: boolean): Parameter {
  return { kind: kinds[kind], good, required, at: at.split('.') };
}

/** A parameter that has to be there. `at` may lead into objects: `model.path`. */
export function needed(at: string, kind: keyof typeof kinds, good: unknown): Parameter {
  return parameter(at, kind, good, true);
}

/** One that may be left out. */
export function optional(at: string, kind: keyof typeof kinds, good: unknown): Parameter {
  return parameter(at, kind, good, false);
}

/** A request with all its parameters good, but for some that are replaced; `undefined` leaves one out. */
export function requestOf(parameters: readonly Parameter[], replaced: ReadonlyMap<Parameter, unknown>): object {
  const request: Record<string, unknown> = {};
  for (const one of parameters) {
    const parent = parameters.find((each) => each !== one && startsWith(one.at, each.at));
    // What stands for an object has no parts.
    if (parent !== undefined && replaced.has(parent)) continue;
    put(request, one.at, replaced.has(one) ? replaced.get(one) : goodValue(one));
  }
  return request;
}

function put(into: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    if (value !== undefined) into[key] = value;
    return;
  }
  const inner: unknown = into[key] ?? {};
  into[key] = inner;
  // What the object itself was replaced by may be something else.
  if (isObject(inner)) put(inner, rest, value);
}

function startsWith(at: readonly string[], start: readonly string[]): boolean {
  return start.length < at.length && start.every((key, index) => at[index] === key);
}

function goodValue({ good }: Parameter): unknown {
  return typeof good === 'function' ? (good as () => unknown)() : structuredClone(good);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
