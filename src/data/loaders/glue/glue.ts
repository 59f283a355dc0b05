// Loader `GLUE`: sentences of a task as the inputs of a language model (SYSTEMS §5.1).
import { basename, join } from 'node:path';
import type { ParametersOf } from '../../../dictionary/entry';
import type { loaderEntries } from '../../../dictionary/loaders';
import type { DataItem } from '../../contracts';
import { encodedInputs } from '../../text/encodedInputs';
import { openTokenizer } from '../../text/textTokenizer';
import type { ItemSource } from '../sources';
import { glueFile, readGlueTable } from './glueTable';

/**
 * Items have the inputs input_ids, attention_mask and, for models that have them, token_type_ids: int64 [tokens]. Their
 * number is max_seq_length, or with dynamic_length that of the sample, and a batch is as long as its longest.
 */
export async function openGlue(parameters: ParametersOf<typeof loaderEntries, 'GLUE'>): Promise<ItemSource> {
  const { data_dir: folder, model_name_or_path: model, task, max_seq_length: longest } = parameters;
  const { model_type: modelType, dynamic_length: isDynamic, do_lower_case: lowerCase } = parameters;
  const path = join(folder, parameters.file ?? glueFile(task, parameters.evaluate));
  const { rows, leftOut } = await readGlueTable(path, task, modelType === 'roberta');
  const tokenizer = await openTokenizer(model ?? folder, lowerCase);
  const encoded = encodedInputs(tokenizer, modelType);
  const get = (index: number): DataItem => {
    const row = rows[index];
    if (row === undefined) throw new RangeError(`no row ${index}`);
    const inputs = encoded.of(tokenizer.encode(row.text, row.pair, longest), isDynamic ? undefined : longest);
    const text = row.pair === undefined ? row.text : `${row.text}\n${row.pair}`;
    return { id: `${basename(path)}:${row.line}`, inputs, annotation: row.label, text };
  };
  return {
    kind: 'items',
    loader: { length: rows.length, get, ...(isDynamic ? { fill: encoded.fill } : {}) },
    ...(leftOut === 0 ? {} : { notes: [leftOutNote(path, leftOut)] }),
  };
}

function leftOutNote(path: string, count: number): string {
  return `${count} ${count === 1 ? 'row' : 'rows'} of ${path} without two questions and a label ${count === 1 ? 'is' : 'are'} left out.`;
}
