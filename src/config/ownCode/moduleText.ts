// The code a person starts from when data is read, or results are judged, by a module of their own. It runs as it is.
import type { CodeLanguage } from '../../protocol/ownCode';
import { javascriptLoader, typescriptLoader } from './loaderTexts';
import { javascriptMetric, typescriptMetric } from './metricTexts';

/** What a person has to write. */
export interface ModuleParts {
  readonly loader: boolean;
  readonly metric: boolean;
}

/** How the name of a new module ends. */
export const codeEndings: Readonly<Record<CodeLanguage, string>> = { typescript: '.ts', javascript: '.mjs' };

/** The language of a module by the end of its name; undefined for what is no code. */
export function languageOf(path: string): CodeLanguage | undefined {
  const [, kind] = /\.[mc]?([jt])s$/i.exec(path) ?? [];
  if (kind === undefined) return undefined;
  return kind.toLowerCase() === 't' ? 'typescript' : 'javascript';
}

/** One input of the model, and the shape of a sample of it, without the batch axis. */
export interface ModuleInput {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
}

/** What stands in a module where no model is known: a picture. */
export const usualInputs: readonly ModuleInput[] = [{ name: 'image', type: 'float32', dims: [3, 224, 224] }];

/**
 * The module, which gives 100 made-up samples and judges them by their highest score. Names out of a model stand in it as text
 * only, and never in a comment.
 */
export function moduleText(
  { loader, metric }: ModuleParts,
  inputs: readonly ModuleInput[],
  language: CodeLanguage,
): string {
  const isTyped = language === 'typescript';
  return [
    isTyped ? typedHead : untypedHead,
    ...(loader ? [isTyped ? typescriptLoader(inputs) : javascriptLoader(inputs)] : []),
    ...(metric ? [isTyped ? typescriptMetric : javascriptMetric] : []),
  ].join('\n');
}

const typedHead = `// Your own code for Compressor Bench. Types are taken out before it runs and checked by your editor alone; enum and other
// syntax that is more than a type is refused. It may import other modules: './helper.ts', 'node:fs'.

/** Values of an input or output of the model, row after row, as the array that holds such elements (halves as their bits). */
interface Tensor {
  /** float32, float16, uint8, int8, int32, int64, bool, … */
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<number> | ArrayLike<bigint>;
}
`;

const untypedHead = `// @ts-check
// Your own code for Compressor Bench. It may import other modules: './helper.mjs', 'node:fs'.

/**
 * Values of an input or output of the model, row after row, as the array that holds such elements (halves as their bits).
 * Types are float32, float16, uint8, int8, int32, int64, bool, …
 * @typedef {{ type: string, dims: readonly number[], data: ArrayLike<number> | ArrayLike<bigint> }} Tensor
 */
`;
