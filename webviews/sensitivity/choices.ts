// What a person chose on the page: kept over a reload, since it is nowhere else before a recipe is saved.
import { mostSparsityFraction } from '../../src/protocol/panels/sensitivity';
import { defaultTargetSparsity } from '../../src/protocol/pruning';
import type { SortDirection } from '../kit/tableRows';
import { layerOrders } from './layerRows';
import type { CurveKind, LayerOrder } from './layerRows';

/** The views of layers. */
export const layerViews = [
  { value: 'multiples', label: 'Layer by Layer' },
  { value: 'lines', label: 'One Chart' },
  { value: 'against', label: 'Loss against Performance' },
] as const;
export type LayerView = (typeof layerViews)[number]['value'];

/** All that can be chosen. */
export interface Choices {
  readonly otherId: number;
  readonly targetFraction: number;
  /** 1: loss alone decides; 0: performance alone. */
  readonly lossWeight: number;
  readonly overrides: readonly (readonly [name: string, sparsityFraction: number])[];
  readonly view: LayerView;
  /** Undefined: those of the analysis itself. */
  readonly curves: CurveKind | undefined;
  readonly isLogarithmic: boolean;
  readonly search: string;
  readonly order: LayerOrder;
  readonly sort: { readonly column: string; readonly direction: SortDirection } | undefined;
  /** Name of the layer that the person is at. */
  readonly layer: string | undefined;
}

const initial: Choices = {
  otherId: 0,
  targetFraction: defaultTargetSparsity,
  lossWeight: 1,
  overrides: [],
  view: 'multiples',
  curves: undefined,
  isLogarithmic: false,
  search: '',
  order: 'file',
  sort: undefined,
  layer: undefined,
};

/** Those that were kept, as far as they still make sense. */
export function choicesFrom(kept: Partial<Choices>): Choices {
  const all = { ...initial, ...kept };
  return {
    ...all,
    targetFraction: Math.min(mostSparsityFraction, Math.max(0, all.targetFraction)),
    view: layerViews.some(({ value }) => value === all.view) ? all.view : initial.view,
    order: layerOrders.some(({ value }) => value === all.order) ? all.order : initial.order,
  };
}

/** The sparsities set by hand with that of one layer set, or with null no longer set. */
export function withOverride(
  overrides: Choices['overrides'],
  name: string,
  sparsityFraction: number | null,
): Choices['overrides'] {
  const others = overrides.filter(([other]) => other !== name);
  return sparsityFraction === null ? others : [...others, [name, sparsityFraction]];
}
