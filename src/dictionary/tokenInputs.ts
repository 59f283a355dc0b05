// Names under which exporters know the inputs of a language model; data only.

/** By the name of the library transformers, with what other exporters call the same. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  input_ids: ['ids', 'tokens', 'input_word_ids'],
  attention_mask: ['input_mask', 'mask', 'attention_masks'],
  token_type_ids: ['segment_ids', 'segments', 'token_types', 'input_type_ids'],
  unique_ids: ['unique_ids_raw_output'],
};

/** The name of the library transformers for an input; undefined for an input of another kind. */
export function tokenInputNamed(input: string): string | undefined {
  // TensorFlow's exporter adds a number of its own, and the place among the outputs of a node.
  const bare = input.replace(/:\d+$/, '').replace(/_{2,}\d+$/, '');
  return Object.keys(otherNames).find((name) => name === bare || otherNames[name]?.includes(bare) === true);
}
