// The colouring by data type: what each operator computes in, and where types are converted.
import { isConversion, quantizedKindOf } from '../../onnx/quantizationForm';
import type { Overlay } from '../../protocol/panels/graph';
import { overlayValues } from './groupValues';
import type { NodeInFile, ShownModel } from './shownModel';

/** The one colouring that every model has. */
export const typeChoice = { kind: 'type', id: 0, label: 'Data type' } as const;

/** Where numbers are turned into 8-bit ones and back. */
const conversion = 'conversion';
const unknown = 'unknown';

/** Categories, the most frequent first. */
export function typeOverlayOf(model: ShownModel): Overlay {
  const types = new Map<number, string>();
  model.graph.nodes.forEach((_, index) => {
    if (!model.isHidden(index)) types.set(index, typeOfNode(model, index));
  });
  const values = overlayValues(
    model,
    types,
    (category) => ({ share: null, category, text: category }),
    (inside) => {
      const counts = countsOf(inside);
      const text = counts.map(([type, count]) => `${count} ${type}`).join(', ');
      return { share: null, category: counts[0]?.[0] ?? unknown, text };
    },
  );
  return { choice: typeChoice, unit: '', values, categories: countsOf([...types.values()]).map(([type]) => type) };
}

/** Most frequent first; conversions last, since they are never what a group is about. */
function countsOf(types: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  const rank = (type: string): number => (type === conversion ? 1 : 0);
  return [...counts].sort(([a, one], [b, other]) => rank(a) - rank(b) || other - one || a.localeCompare(b));
}

function typeOfNode(model: ShownModel, index: number): string {
  const { boundary, name } = model.node(index);
  const { tensors } = model;
  if (tensors === undefined) return unknown;
  if (boundary !== undefined) return tensors.typeOf(name, undefined).type || unknown;
  const inFile = model.inFile(index);
  if (inFile === undefined) return unknown;
  const { node, body } = inFile;
  const kind = quantizedKindOf(node.opType);
  if (isConversion(node.opType)) return conversion;
  if (kind === 'qoperator' || kind === 'dynamic') return quantizedType(model, inFile);
  const behind = typeBehindConversions(model, inFile);
  if (behind !== undefined) return behind;
  return tensors.typeOf(node.output.find((output) => output !== '') ?? '', body).type || unknown;
}

/** The first 8-bit type it reads. */
function quantizedType(model: ShownModel, { node, body }: NodeInFile): string {
  const types = node.input.map((name) => model.tensors?.typeOf(name, body).type ?? '');
  return types.find((type) => type === 'int8' || type === 'uint8') ?? 'int8';
}

/** The 8-bit type of an operator whose data comes from DequantizeLinear nodes alone: the engine computes it so. */
export function typeBehindConversions(model: ShownModel, { node, body }: NodeInFile): string | undefined {
  let first: string | undefined;
  for (const name of node.input) {
    const maker = body.makers.get(name) ?? -1;
    // Stored numbers (shapes, axes) say nothing of what it computes in.
    if (name === '' || maker < 0 || model.isHidden(maker)) continue;
    const made = model.inFile(maker);
    if (made?.node.opType !== 'DequantizeLinear') return undefined;
    first ??= model.tensors?.typeOf(made.node.input[0] ?? '', made.body).type;
  }
  return first === '' ? undefined : first;
}
