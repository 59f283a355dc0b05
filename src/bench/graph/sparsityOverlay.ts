// The colouring by sparsity: the layers whose weights can be pruned, and how much of each weight is 0 already.
import { setImmediate } from 'node:timers/promises';
import { ModelError } from '../../onnx/modelErrors';
import { prunableLayers } from '../../onnx/prunableLayers';
import type { PrunableLayer } from '../../onnx/prunableLayers';
import type { Overlay } from '../../protocol/panels/graph';
import type { WorkContext } from '../../protocol/progress';
import { zeroCount } from '../../sparsity/zeroCount';
import type { Bench } from '../bench';
import { overlayValues } from './groupValues';
import { lookAt } from './modelLook';
import type { ShownModel } from './shownModel';

/** The colouring of models that have layers to prune. */
export const sparsityChoice = { kind: 'sparsity', id: 0, label: 'Prunable layers: share of zeros' } as const;

/** A layer's weight; its zeros are null where the data cannot be read. */
interface LayerZeros {
  readonly name: string;
  readonly weights: number;
  readonly zeros: number | null;
}

/** Whether a model has anything for this colouring. */
export function hasPrunableLayers(model: ShownModel): boolean {
  return layersOf(model).length > 0;
}

/** A model is asked for its layers again for each of them, between which others are answered. */
const knownLayers = new WeakMap<ShownModel, readonly PrunableLayer[]>();

function layersOf(model: ShownModel): readonly PrunableLayer[] {
  const { opened } = model;
  const known = knownLayers.get(model);
  if (known !== undefined) return known;
  const layers = opened.kind === 'onnx' ? prunableLayers(opened.model.graph).layers : [];
  knownLayers.set(model, layers);
  return layers;
}

/** Takes as long as reading the weights; the event loop turns between two layers, and an aborted signal ends it. */
export async function sparsityOverlayOf(bench: Bench, path: string, { signal }: WorkContext): Promise<Overlay> {
  const count = lookAt(bench, path, (model) => layersOf(model).length);
  const zeros: LayerZeros[] = [];
  for (let index = 0; index < count; index++) {
    signal.throwIfAborted();
    const counted = lookAt(bench, path, (model) => zerosOf(model, layersOf(model)[index]));
    if (counted !== undefined) zeros.push(counted);
    await setImmediate();
  }
  return lookAt(bench, path, (model) => colouring(model, zeros));
}

function zerosOf({ opened }: ShownModel, layer: PrunableLayer | undefined): LayerZeros | undefined {
  if (layer === undefined || opened.kind !== 'onnx') return undefined;
  const { name, weight, weightCount: weights } = layer;
  try {
    return { name, weights, zeros: zeroCount(opened.model.tensors.floats(weight)) };
  } catch (thrown) {
    // Weights in a file that is not there: the graph can be looked at all the same.
    if (!(thrown instanceof ModelError)) throw thrown;
    return { name, weights, zeros: null };
  }
}

function colouring(model: ShownModel, counted: readonly LayerZeros[]): Overlay {
  const byName = new Map(counted.map((one) => [one.name, one]));
  const [main] = model.bodies;
  const placeOf = new Map(main?.graph.node.map((node, position) => [node, main.indices[position]]));
  const ofNode = new Map<number, LayerZeros>();
  for (const { name, nodes } of layersOf(model)) {
    const layer = byName.get(name);
    for (const node of nodes) {
      const index = placeOf.get(node);
      if (layer !== undefined && index !== undefined) ofNode.set(index, layer);
    }
  }
  const values = overlayValues(
    model,
    ofNode,
    (layer) => ({ share: shareOf([layer]), category: null, text: textOf([layer]) }),
    (inside) => {
      // Several nodes may share a weight.
      const layers = [...new Set(inside)];
      const text = `${layers.length === 1 ? '1 layer' : `${layers.length} layers`}, ${textOf(layers)}`;
      return { share: shareOf(layers), category: null, text };
    },
  );
  return { choice: sparsityChoice, unit: '', values, categories: [] };
}

function shareOf(layers: readonly LayerZeros[]): number {
  const known = layers.filter(({ zeros }) => zeros !== null);
  const weights = known.reduce((sum, layer) => sum + layer.weights, 0);
  return weights === 0 ? 0 : known.reduce((sum, { zeros }) => sum + (zeros ?? 0), 0) / weights;
}

/** Tags under nodes have no room for more digits: `1.13M`. */
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

function textOf(layers: readonly LayerZeros[]): string {
  const weights = compact.format(layers.reduce((sum, layer) => sum + layer.weights, 0));
  if (layers.every(({ zeros }) => zeros === null)) return `${weights} weights that cannot be read`;
  return `${(100 * shareOf(layers)).toFixed(1)} % zeros of ${weights} weights`;
}
