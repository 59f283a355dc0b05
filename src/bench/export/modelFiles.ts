// The files that a model consists of.
import { realpathSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { openModel } from '../../formats/openModel';
import { weightsOf } from '../../formats/openvinoModel';

/** One of the files. */
export interface ModelFile {
  /** Absolute path. */
  readonly path: string;
  /** Relative to where the model's own file goes. */
  readonly name: string;
}

/** The file of a model and those that hold its weights. Throws ModelError when it cannot be read. */
export function modelFiles(path: string): readonly ModelFile[] {
  const real = realpathSync.native(path);
  const opened = openModel(real);
  try {
    const parts = opened.kind === 'onnx' ? opened.model.externalFiles : foreignParts(real);
    return [
      { path: real, name: basename(path) },
      ...parts.map((part) => ({ path: part, name: relative(dirname(real), part) })),
    ];
  } finally {
    opened.model.close();
  }
}

/** OpenVINO keeps weights beside the graph. */
function foreignParts(path: string): readonly string[] {
  const weights = path.toLowerCase().endsWith('.xml') ? weightsOf(path) : undefined;
  return weights === undefined ? [] : [weights.path];
}
