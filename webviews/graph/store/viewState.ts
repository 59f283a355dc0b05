// Where the person is in a model: kept over a reload of the window, and given back as far as it still fits.
import { keepView, keptView } from '../../kit/host';
import type { Camera, Size } from '../view/camera';

/** Navigation and choices, never data. */
export interface GraphView {
  readonly expanded: readonly string[];
  readonly selected: string | null;
  readonly camera: Camera | null;
  /** Size of the pane the camera was kept in: beside a model it is compared with, it is narrower than alone. */
  readonly window?: Size;
  readonly overlay: string | null;
  /** Null: the comparison was ended; absent: there was no earlier page. */
  readonly compare?: string | null;
  readonly isTable: boolean;
  readonly hasPanel: boolean;
  /** Absent: where there is room for it. */
  readonly hasMap?: boolean;
}

const atFirst: GraphView = {
  expanded: [],
  selected: null,
  camera: null,
  overlay: null,
  isTable: false,
  hasPanel: true,
};

/** What was kept last. */
export function firstView(): GraphView {
  return { ...atFirst, ...keptView<GraphView>() };
}

/** Where the window was, and its size then; absent where none was kept. */
export interface StartView {
  readonly camera: Camera;
  readonly window?: Size;
}

/** What the first picture begins with. */
export function startViewOf({ camera, window }: GraphView): StartView | undefined {
  if (camera === null) return undefined;
  return window === undefined || window.width === 0 ? { camera } : { camera, window };
}

let waiting: ReturnType<typeof setTimeout> | undefined;

/** Keeps it soon: a camera moves sixty times a second. */
export function keepSoon(view: () => GraphView): void {
  clearTimeout(waiting);
  waiting = setTimeout(() => keepView(view()), 150);
}
