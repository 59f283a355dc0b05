// The names by which people call Pillow's filters.
import type { ResizeFilter } from '../images/resampleWeights';

const filters = {
  nearest: 'nearest',
  box: 'box',
  area: 'box',
  bilinear: 'bilinear',
  hamming: 'hamming',
  bicubic: 'bicubic',
  lanczos: 'lanczos',
  NEAREST: 'nearest',
  LINEAR: 'bilinear',
  CUBIC: 'bicubic',
  AREA: 'box',
  LANCZOS4: 'lanczos',
} as const satisfies Record<string, ResizeFilter>;

/** A name of a filter: ours, or the end of OpenCV's (`INTER_AREA`). */
export type InterpolationName = keyof typeof filters;

/** OpenCV's constants INTER_NEAREST … INTER_LANCZOS4 by their numbers, 0 … 4. */
const openCvNumbers = ['NEAREST', 'LINEAR', 'CUBIC', 'AREA', 'LANCZOS4'] as const;

/** The filter of that name or OpenCV number. */
export function filterOf(name: InterpolationName | number): ResizeFilter {
  return filters[typeof name === 'number' ? (openCvNumbers[name] ?? 'LINEAR') : name];
}
