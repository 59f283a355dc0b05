// Sizes that a request gives to open dimensions of a model.
import { nearestName } from '../../config/nearestName';
import { openDimensions } from '../../onnx/openDimensions';
import { readModel } from '../../onnx/readModel';
import type { DimensionSizes } from '../../protocol/environment';
import { requestErrors } from '../requestErrors';
import { isPlainObject } from '../requestReader';

const mostDimensions = 100;

/**
 * Sizes as an object (`{"seq": 128}`), or as on the command line: `seq=128,batch=2`, or a list of such texts. Undefined where
 * none were sent.
 *
 * @param name of the parameter
 * @throws RequestError
 */
export function readDimensions(value: unknown, name: string): DimensionSizes | undefined {
  if (value === undefined || value === null) return undefined;
  const pairs = isPlainObject(value) ? Object.entries(value) : pairsIn(value);
  const isFit = ([dimension, size]: readonly [string, unknown]): boolean =>
    dimension !== '' && Number.isSafeInteger(size) && Number(size) > 0;
  if (pairs === undefined || pairs.length > mostDimensions || !pairs.every(isFit)) {
    throw requestErrors.valueIncorrect(name, 'sizes above 0 by the name of the dimension, such as {"seq": 128}');
  }
  return Object.fromEntries(pairs.map(([dimension, size]) => [dimension, Number(size)]));
}

function pairsIn(value: unknown): (readonly [string, unknown])[] | undefined {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!texts.every((text) => typeof text === 'string')) return undefined;
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const [, dimension = '', size = ''] = /^\s*(.+?)\s*=\s*(\d{1,10})\s*$/.exec(text) ?? [];
      return [dimension, Number(size)];
    });
}

/** A misspelt name would leave the dimension open, and another size would be assumed for it. Throws RequestError. */
export function refuseUnknownDimensions(modelPath: string, sizes: DimensionSizes, name: string): void {
  if (Object.keys(sizes).length === 0) return;
  const model = readModel(modelPath);
  const open = openDimensions(model.graph);
  model.close();
  const unknown = Object.keys(sizes).find((dimension) => !open.includes(dimension));
  if (unknown === undefined) return;
  const near = nearestName(unknown, open);
  throw requestErrors.refused(
    'unknown-dimension',
    `"${name}" names ${JSON.stringify(unknown.slice(0, 100))}, which is no open dimension of the model.`,
    near === undefined
      ? `Its open dimensions: ${open.length === 0 ? 'none' : open.slice(0, 10).join(', ')}.`
      : `Did you mean ${near}?`,
  );
}
