// The part of a new module that reads data, in TypeScript and in JavaScript with types in comments.
import type { ModuleInput } from './moduleText';

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

/** The one thing a module of a data set exports. */
const loaderClass = 'export default class Loader {';

/** Element types that a new module can make up. */
export function isMadeUpType(type: string): boolean {
  return arrayNames.has(type);
}

/** A class with types of its own. */
export function typescriptLoader(inputs: readonly ModuleInput[]): string {
  return `/** One sample. */
interface Sample {
  /** Shown in previews, and where something is wrong with it. */
  readonly id: string;
  /** By the names of the inputs of the model, without the batch axis. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** What is right for it: the index of its class, or whatever the metric looks at. */
  readonly annotation: unknown;
}

/**
 * Gives the samples. The class is made once, then asked for its length, then for samples by their index, in any order and
 * more than once. As it stands the samples are made up: put yours in their place.
 */
${loaderClass}
  /** How many samples there are. */
  readonly length: number = 100;
  /** What the data set says besides "path", such as the folder of your data. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Where the file with that description lies: relative paths begin there. */
  readonly folder: string;

  constructor(parameters: Readonly<Record<string, unknown>>, place: { readonly folder: string }) {
    this.parameters = parameters;
    this.folder = place.folder;
  }

  get(index: number): Sample {
    return {
${sampleText(inputs)}
    };
  }

  /** Called once, when nobody will ask for samples again. */
  close(): void {}
}

/** A number from 0 to 1 for a place of a sample, the same each time. */
function madeUp(index: number, at: number): number {
  return (((index + 1) * 7919 + at * 104729) % 1000) / 1000;
}
`;
}

/** The same with types in comments. */
export function javascriptLoader(inputs: readonly ModuleInput[]): string {
  return `/**
 * One sample: \`id\` is shown in previews and where something is wrong with it; \`inputs\` are by the names of the inputs of the
 * model, without the batch axis; \`annotation\` is what is right for it, the index of its class or whatever the metric looks at.
 * @typedef {{ id: string, inputs: Record<string, Tensor>, annotation: unknown }} Sample
 */

/**
 * Gives the samples. The class is made once, then asked for its length, then for samples by their index, in any order and
 * more than once. As it stands the samples are made up: put yours in their place.
 */
${loaderClass}
  /**
   * @param {Readonly<Record<string, unknown>>} parameters what the data set says besides "path", such as the folder of your data
   * @param {{ folder: string }} place where the file with that description lies: relative paths begin there
   */
  constructor(parameters, place) {
    /** How many samples there are. */
    this.length = 100;
    this.parameters = parameters;
    this.folder = place.folder;
  }

  /**
   * @param {number} index
   * @returns {Sample}
   */
  get(index) {
    return {
${sampleText(inputs)}
    };
  }

  /** Called once, when nobody will ask for samples again. */
  close() {}
}

/**
 * A number from 0 to 1 for a place of a sample, the same each time.
 * @param {number} index
 * @param {number} at
 */
function madeUp(index, at) {
  return (((index + 1) * 7919 + at * 104729) % 1000) / 1000;
}
`;
}

function sampleText(inputs: readonly ModuleInput[]): string {
  return `      id: \`sample \${index}\`,
      inputs: {
${inputs.map(inputText).join('\n')}
      },
      annotation: index % 2,`;
}

function inputText({ name, type, dims }: ModuleInput): string {
  const array = arrayNames.get(type) ?? 'Float32Array';
  const count = dims.reduce((product, size) => product * size, 1);
  return `        ${keyText(name)}: {
          type: '${type}',
          dims: [${dims.join(', ')}],
          data: ${array}.from({ length: ${count} }, (_, at) => ${valueText(type)}),
        },`;
}

function valueText(type: string): string {
  if (type === 'float32' || type === 'float64') return 'madeUp(index, at)';
  const rounded = 'Math.round(madeUp(index, at))';
  // The bits of 1.
  if (type === 'float16') return `15360 * ${rounded}`;
  return /^u?int64$/.test(type) ? `BigInt(${rounded})` : rounded;
}

/** Other names stand in brackets: some mean something else as a key. */
function keyText(name: string): string {
  return /^[A-Za-z]\w*$/.test(name) ? name : `[${JSON.stringify(name)}]`;
}
