// The preprocessed calibration samples of a data set as a .npy file, so that both tools read the very same numbers.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { batches } from '../../src/data/batches';
import { openDataset } from '../../src/data/openDataset';

/** Writes `<folder>/<input>.npy` (float32, first axis = samples) and a data set file that reads it; gives its path. */
export async function writeCalibrationArrays(
  datasetPath: string,
  input: string,
  folder: string,
  samples = 100,
): Promise<string> {
  const dataset = await openDataset(datasetPath);
  try {
    const rows: Float32Array[] = [];
    let shape: readonly number[] = [];
    const signal = new AbortController().signal;
    for await (const batch of batches(dataset.loader, {
      batchSize: 1,
      limit: samples,
      lastBatch: 'rollover',
      signal,
    })) {
      const tensor = Object.values(batch.inputs)[0];
      if (tensor?.type !== 'float32') throw new Error(`${datasetPath} does not give float32 samples`);
      rows.push(tensor.data as Float32Array);
      shape = tensor.dims.slice(1);
    }
    const path = join(folder, `${input}.npy`);
    writeFileSync(
      path,
      Buffer.concat([
        npyHeader([rows.length, ...shape]),
        ...rows.map((row) => new Uint8Array(row.buffer, row.byteOffset, row.byteLength)),
      ]),
    );
    const yaml = join(folder, 'dataset.yaml');
    writeFileSync(yaml, `dataset:\n  npy:\n    path: ${input}.npy\nbatch_size: 1\n`);
    return yaml;
  } finally {
    await dataset.close();
  }
}

/** Header of the NPY format 1.0 (numpy.lib.format) for little-endian float32 in C order. */
function npyHeader(dims: readonly number[]): Buffer {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims.join(', ')},), }`;
  const padded = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n';
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([head, Buffer.from(padded, 'latin1')]);
}
