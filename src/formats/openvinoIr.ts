// The OpenVINO IR (versions 10 and 11) as layers, edges and bodies: what the XML says, checked, and nothing more.
import { defaultLimits } from '../onnx/limits';
import { modelErrors, quoted } from '../onnx/modelErrors';
import type { Dims } from '../onnx/shapes/dims';
import { possibleDims } from '../onnx/shapes/dims';
import { formatErrors } from './formatErrors';
import { childNamed, childrenNamed } from './xmlReader';
import type { XmlElement } from './xmlReader';

/** A port of a layer. */
export interface IrPort {
  readonly id: string;
  /** As ONNX names it: `float32`; the file's own word for one that is not known, `''` when not stated. */
  readonly type: string;
  readonly dims: Dims | null;
  /** Names of the tensor. */
  readonly names: string;
}

export interface IrLayer {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** `opset1`. */
  readonly version: string;
  readonly data: ReadonlyMap<string, string>;
  readonly inputs: readonly IrPort[];
  readonly outputs: readonly IrPort[];
  readonly bodies: readonly IrBody[];
}

/** One link between the outside of a layer and a layer of its body. */
export interface IrMapping {
  readonly direction: 'input' | 'output';
  readonly externalPort: string;
  readonly internalLayer: string;
}

/** A network of layers: the model itself, or what a layer runs in a loop or branch. */
export interface IrBody {
  /** `body`, `then_body`, `else_body`; `''` for the model itself. */
  readonly name: string;
  readonly layers: readonly IrLayer[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly toPort: string }[];
  readonly mappings: readonly IrMapping[];
}

export interface IrModel {
  readonly name: string;
  readonly version: string;
  readonly main: IrBody;
}

/** Checks and takes apart the root element. Throws a ModelError naming the layer when something is missing or doubled. */
export function irOf(net: XmlElement): IrModel {
  if (net.name !== 'net') throw formatErrors.ir('its root element is not <net>', `<${net.name}>`);
  const version = net.attributes.get('version') ?? '';
  if (version !== '10' && version !== '11') throw formatErrors.irVersion(version);
  return { name: net.attributes.get('name') ?? '', version, main: bodyOf(net, '', [], { layers: 0 }) };
}

/** Recursion is bounded by the depth the XML reader allows. */
function bodyOf(element: XmlElement, name: string, mappings: IrMapping[], count: { layers: number }): IrBody {
  const list = childNamed(element, 'layers');
  if (list === undefined) throw formatErrors.ir('there is no <layers>', name === '' ? '<net>' : `<${name}>`);
  const ids = new Set<string>();
  const layers = childrenNamed(list, 'layer').map((layer) => {
    if (++count.layers > defaultLimits.nodes) throw modelErrors.tooMany('layers', defaultLimits.nodes);
    const read = layerOf(layer, count);
    if (ids.has(read.id)) throw formatErrors.ir(`two layers have the id ${quoted(read.id)}`, placeOf(layer));
    ids.add(read.id);
    return read;
  });
  const edges = childrenNamed(childNamed(element, 'edges'), 'edge').map((edge) => ({
    from: knownLayer(edge, 'from-layer', ids),
    to: knownLayer(edge, 'to-layer', ids),
    toPort: required(edge, 'to-port'),
  }));
  return { name, layers, edges, mappings };
}

function layerOf(layer: XmlElement, count: { layers: number }): IrLayer {
  const id = required(layer, 'id');
  const bodies = layer.children
    .filter((child) => /^(?:\w+_)?body$/.test(child.name))
    .map((body) => bodyOf(body, body.name, mappingsOf(layer, body.name), count));
  return {
    id,
    name: layer.attributes.get('name') ?? id,
    type: required(layer, 'type'),
    version: layer.attributes.get('version') ?? '',
    data: childNamed(layer, 'data')?.attributes ?? new Map<string, string>(),
    inputs: portsOf(childNamed(layer, 'input')),
    outputs: portsOf(childNamed(layer, 'output')),
    bodies,
  };
}

/** `<port_map>` belongs to `<body>`, `<then_port_map>` to `<then_body>`. */
function mappingsOf(layer: XmlElement, body: string): IrMapping[] {
  const map = childNamed(layer, body.replace(/body$/, 'port_map'));
  return (map?.children ?? []).flatMap(({ name, attributes }) => {
    const externalPort = attributes.get('external_port_id');
    const internalLayer = attributes.get('internal_layer_id');
    const isLink = (name === 'input' || name === 'output') && externalPort !== undefined && internalLayer !== undefined;
    return isLink ? [{ direction: name, externalPort, internalLayer }] : [];
  });
}

function portsOf(ports: XmlElement | undefined): IrPort[] {
  return childrenNamed(ports, 'port').map((port) => ({
    id: required(port, 'id'),
    type: typeName(port.attributes.get('precision') ?? ''),
    dims: dimsOf(childrenNamed(port, 'dim').map(({ text }) => text)),
    names: port.attributes.get('names') ?? '',
  }));
}

/** Sizes as the file writes them: `-1`, `?` and ranges such as `1..8` are not known. */
export function dimsOf(texts: readonly string[]): Dims | null {
  return possibleDims(texts.map((text) => (/^\d+$/.test(text.trim()) ? Number(text) : null))) ?? null;
}

const typeNames: Readonly<Record<string, string>> = {
  ...{ fp64: 'float64', fp32: 'float32', fp16: 'float16', bf16: 'bfloat16', boolean: 'bool', bool: 'bool' },
  ...{ f64: 'float64', f32: 'float32', f16: 'float16', bin: 'uint1', u1: 'uint1', string: 'string' },
  ...{ i64: 'int64', i32: 'int32', i16: 'int16', i8: 'int8', i4: 'int4' },
  ...{ u64: 'uint64', u32: 'uint32', u16: 'uint16', u8: 'uint8', u4: 'uint4' },
};

/** An element type of OpenVINO by the name ONNX has for it. */
export function typeName(precision: string): string {
  const lower = precision.toLowerCase();
  return Object.hasOwn(typeNames, lower) ? (typeNames[lower] ?? precision) : precision;
}

function required(element: XmlElement, attribute: string): string {
  const value = element.attributes.get(attribute);
  if (value === undefined) throw formatErrors.ir(`the attribute ${attribute} is missing`, placeOf(element));
  return value;
}

function knownLayer(edge: XmlElement, attribute: string, ids: ReadonlySet<string>): string {
  const id = required(edge, attribute);
  if (!ids.has(id)) throw formatErrors.ir(`there is no layer with the id ${quoted(id)}`, placeOf(edge));
  return id;
}

function placeOf(element: XmlElement): string {
  const name = element.attributes.get('name');
  return `<${element.name}${name === undefined ? '' : ` ${quoted(name)}`}> at character ${element.offset}`;
}
