// What a file is that is not a model: a better sentence than "byte 17 is wrong".
import { modelErrors } from './modelErrors';
import type { ForeignFormat, ModelError } from './modelErrors';

/** Bytes of the start of a file that are looked at. */
export const sniffedBytes = 512;

const signatures: readonly { readonly offset: number; readonly bytes: string; readonly what: string }[] = [
  { offset: 0, bytes: '\x89PNG', what: 'a PNG picture' },
  { offset: 0, bytes: '\xff\xd8\xff', what: 'a JPEG picture' },
  { offset: 0, bytes: 'GIF8', what: 'a GIF picture' },
  { offset: 0, bytes: '%PDF', what: 'a PDF document' },
  { offset: 0, bytes: 'PK\x03\x04', what: 'a ZIP archive (such as a PyTorch checkpoint)' },
  { offset: 0, bytes: '\x1f\x8b', what: 'a gzip archive' },
  { offset: 0, bytes: '\x89HDF', what: 'an HDF5 file (such as a Keras model)' },
  { offset: 0, bytes: '\x93NUMPY', what: 'a NumPy array' },
  { offset: 0, bytes: '\x80\x02', what: 'a Python pickle (such as a PyTorch checkpoint)' },
  { offset: 0, bytes: '\x80\x04', what: 'a Python pickle (such as a PyTorch checkpoint)' },
  { offset: 4, bytes: 'TFL3', what: 'a TensorFlow Lite model' },
  { offset: 4, bytes: 'ORTM', what: 'a model in the format of ONNX Runtime (.ort)' },
];

/**
 * The error for a file that could not be read as a model, by its first bytes; undefined when they tell nothing. Asked
 * only after reading failed, so a model that happens to begin like something else is still a model.
 */
export function foreignFileError(start: Uint8Array): ModelError | undefined {
  const latin = Buffer.from(start).toString('latin1');
  if (latin.startsWith('version https://git-lfs.github.com/')) return modelErrors.gitLfsPointer();
  const signature = signatures.find(({ offset, bytes }) => latin.startsWith(bytes, offset));
  if (signature !== undefined) return modelErrors.notOnnx(signature.what);
  const format = foreignFormatOf(start);
  if (format !== undefined) return modelErrors.foreignFormat(format);
  if (isSavedModel(start)) return modelErrors.savedModel();
  if (!isText(start)) return undefined;
  return modelErrors.notOnnx(/^\s*<(!doctype|html)/i.test(latin) ? 'an HTML page' : 'a text file');
}

/** Tags of the fields a ModelProto may begin with: versions, producer, domain, text, graph, operator sets, metadata. */
const firstTags: ReadonlySet<number | undefined> = new Set([0x08, 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72]);

/** Whether a file that begins so may be a model that can be shown: a guess that reads no more, for lists of files. */
export function couldBeModel(start: Uint8Array): boolean {
  if (foreignFormatOf(start) !== undefined) return true;
  return firstTags.has(start[0]) && foreignFileError(start) === undefined;
}

/** The format of a model that `src/formats` can show, by the first bytes of its file. */
function foreignFormatOf(start: Uint8Array): ForeignFormat | undefined {
  if (
    /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[^]*?-->\s*)*<net\s/.test(Buffer.from(start).toString('latin1'))
  ) {
    return 'openvino-ir';
  }
  return isGraphDef(start) ? 'tensorflow-graph' : undefined;
}

/** GraphDef { node: NodeDef { name, op, … }, … }: a message in field 1 that begins with fields 1 and 2, both text. */
function isGraphDef(start: Uint8Array): boolean {
  const node = start[0] === 0x0a ? varintAt(start, 1) : undefined;
  const name = node !== undefined && start[node.end] === 0x0a ? varintAt(start, node.end + 1) : undefined;
  if (name === undefined || name.value === 0) return false;
  const afterName = name.end + name.value;
  // A long name may reach beyond what is looked at.
  return afterName < start.length ? start[afterName] === 0x12 : start.length === sniffedBytes;
}

/** SavedModel { saved_model_schema_version: 1, meta_graphs: { meta_info_def, … } }. */
function isSavedModel(start: Uint8Array): boolean {
  const graph = start[0] === 0x08 && start[1] === 0x01 && start[2] === 0x12 ? varintAt(start, 3) : undefined;
  return graph !== undefined && start[graph.end] === 0x0a;
}

/** A varint of at most four bytes, and where it ends. */
function varintAt(bytes: Uint8Array, offset: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let at = 0; at < 4; at++) {
    const byte = bytes[offset + at];
    if (byte === undefined) return undefined;
    value |= (byte & 0x7f) << (7 * at);
    if (byte < 0x80) return { value, end: offset + at + 1 };
  }
  return undefined;
}

function isText(start: Uint8Array): boolean {
  if (start.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c))
    return false;
  // The last character may be cut in two.
  return start.length > 0 && !new TextDecoder().decode(start.subarray(0, -4)).includes('\ufffd');
}
