// What the card of an operator says under its type: shapes of its weights, and the attributes that shape what it does.
import { dataTypeName } from '../../onnx/dataTypes';
import { shortText } from '../../onnx/hierarchy/shownValues';
import type { AttributeProto, NodeProto } from '../../onnx/messages';
import { inputRole } from './parameterRoles';
import type { NodeInFile } from './shownModel';
import type { ShownTensors } from './shownTensors';

const mostDetails = 3;
/** Inputs beyond these are no weights. */
const mostInputs = 8;
const longestDetail = 40;
/** Single numbers say nothing on a card. */
const smallest = 2;
/** Nor do lists of scales, zero points, sizes and axes. */
const saysLittle = /scale|zero_point|shape|axes|pads|starts|ends|steps|sizes|repeats|split|^input /;

/** At most three short texts. */
export function cardDetails({ node, body }: NodeInFile, tensors: ShownTensors): readonly string[] {
  const details = attributeDetails(node);
  node.input.slice(0, mostInputs).forEach((name, index) => {
    const dims = name === '' ? undefined : tensors.constantOf(name, body)?.dims;
    if (dims === undefined || dims.length === 0 || dims.reduce((all, size) => all * size, 1) < smallest) return;
    const role = inputRole(node.opType, index);
    const isTelling = dims.length > 1 || !saysLittle.test(role);
    if (!isTelling) return;
    const text = `${role} ${dims.slice(0, 8).join('×')}`;
    // Weights first, in the order of the inputs, but what it does before biases.
    if (dims.length > 1) details.unshift(text);
    else details.push(text);
  });
  return details.slice(0, mostDetails).map((text) => text.slice(0, longestDetail));
}

type Teller = (attribute: AttributeProto) => string | undefined;

const always =
  (word: string): Teller =>
  ({ i }) =>
    i === undefined ? undefined : `${word} ${i}`;

const unless =
  (word: string, usual: bigint): Teller =>
  ({ i }) =>
    i === undefined || i === usual ? undefined : `${word} ${i}`;

const sizes =
  (word: string, usual?: bigint): Teller =>
  ({ ints }) =>
    ints.length === 0 || ints.every((size) => size === usual) ? undefined : `${word} ${collapsed(ints)}`;

const number =
  (word: string): Teller =>
  ({ f }) =>
    f === undefined ? undefined : `${word} ${Number(f.toPrecision(4))}`;

/** In the order they are told. */
const tellers: ReadonlyMap<string, Teller> = new Map<string, Teller>([
  ['kernel_shape', sizes('kernel')],
  ['strides', sizes('stride', 1n)],
  ['group', unless('groups', 1n)],
  ['dilations', sizes('dilation', 1n)],
  ['to', ({ i }) => (i === undefined ? undefined : `to ${dataTypeName(Number(i))}`)],
  ['axis', always('axis')],
  ['axes', sizes('axes')],
  ['perm', ({ ints }) => (ints.length === 0 ? undefined : `perm ${ints.slice(0, 8).join(' ')}`)],
  ['hidden_size', always('hidden')],
  ['num_heads', always('heads')],
  ['alpha', number('alpha')],
  [
    'mode',
    ({ s }) => (s === undefined ? undefined : shortText(new TextDecoder().decode(s.subarray(0, longestDetail)))),
  ],
]);

function attributeDetails({ opType, attribute }: NodeProto): string[] {
  const told: string[] = [];
  for (const [name, tell] of tellers) {
    // The shape of its weights says it.
    if (name === 'kernel_shape' && opType.includes('Conv')) continue;
    if (name === 'alpha' && opType === 'Gemm') continue;
    const found = attribute.find((one) => one.name === name);
    const text = found === undefined ? undefined : tell(found);
    if (text !== undefined) told.push(text);
  }
  return told;
}

/** `2` for 2×2. */
function collapsed(all: readonly bigint[]): string {
  const shown = all.slice(0, 6);
  return shown.every((one) => one === shown[0]) ? String(shown[0]) : shown.join('×');
}
