// Token numbers as the inputs of a language model.
import type { Tensor } from '../../onnx/tensor';
import type { EncodedText, TextTokenizer } from './textTokenizer';

/** Models that are told which of two texts a token belongs to. */
const typedModels: ReadonlySet<string> = new Set(['bert', 'mobilebert']);

/** How samples of a model look. */
export interface EncodedInputs {
  /** What fills up a short sample, for each input. */
  readonly fill: Readonly<Record<string, number>>;
  /** int64 [tokens] for each input; `length` undefined: as many as there are. */
  of(encoded: EncodedText, length: number | undefined): Readonly<Record<string, Tensor>>;
}

/** input_ids, attention_mask and, for models that have them, token_type_ids. */
export function encodedInputs({ padId }: TextTokenizer, modelType: string): EncodedInputs {
  const fill = { input_ids: padId, attention_mask: 0, ...(typedModels.has(modelType) ? { token_type_ids: 0 } : {}) };
  return {
    fill,
    of: ({ ids, typeIds }, length = ids.length) => {
      const values = { input_ids: ids, attention_mask: ids.map(() => 1), token_type_ids: typeIds };
      const inputs: Record<string, Tensor> = {};
      for (const [name, filling] of Object.entries(fill)) {
        inputs[name] = wholeNumbers(values[name as keyof typeof values], length, filling);
      }
      return inputs;
    },
  };
}

function wholeNumbers(values: readonly number[], length: number, filling: number): Tensor {
  const data = new BigInt64Array(length).fill(BigInt(filling));
  values.forEach((value, index) => (data[index] = BigInt(value)));
  return { type: 'int64', dims: [length], data };
}
