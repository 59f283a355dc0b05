// What a file is that is not a model: a better sentence than "byte 17 is wrong".
import { modelErrors } from './modelErrors';
import type { ModelError } from './modelErrors';

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
  if (!isText(start)) return undefined;
  return modelErrors.notOnnx(/^\s*<(!doctype|html)/i.test(latin) ? 'an HTML page' : 'a text file');
}

function isText(start: Uint8Array): boolean {
  if (start.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c))
    return false;
  // The last character may be cut in two.
  return start.length > 0 && !new TextDecoder().decode(start.subarray(0, -4)).includes('\ufffd');
}
