// Filter `LabelBalance`: only pictures with a given number of boxes (SYSTEMS §5.1).
import { dataErrors } from '../../dataErrors';
import type { PictureSource } from '../sources';

/**
 * The pictures with exactly `size` boxes, in the same order; none is decoded for it.
 *
 * @throws DataError when there is none
 */
export function withBoxCount(
  source: PictureSource,
  size: number,
  place: { readonly file: string; readonly line: number },
): PictureSource {
  const { boxCount, known } = source;
  if (boxCount === undefined) return source;
  const kept = Array.from({ length: source.length }, (_, index) => index).filter((index) => boxCount(index) === size);
  if (kept.length === 0) {
    const problem = `None of the ${source.length} pictures has exactly ${size} boxes`;
    throw dataErrors.parameters(place.file, place.line, problem, 'Choose another size for LabelBalance.');
  }
  return {
    ...source,
    length: kept.length,
    boxCount: (index) => boxCount(kept[index] ?? 0),
    ...(known === undefined ? {} : { known: (index) => known(kept[index] ?? source.length) }),
    get: (index) => source.get(kept[index] ?? source.length),
  };
}
