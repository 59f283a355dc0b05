// An OpenVINO IR as facts and a flat graph. Its weights, in a .bin file, are not read.
import { statSync } from 'node:fs';
import type { ByteSource } from '../onnx/byteSource';
import { readSlice } from '../onnx/bytes';
import { FlatGraphBuilder, GroupsOfNames } from '../onnx/hierarchy/flatGraph';
import type { FlatGraph, GraphAttribute } from '../onnx/hierarchy/flatGraph';
import { shortText, typeAndShape } from '../onnx/hierarchy/shownValues';
import type { ShownValue } from '../onnx/hierarchy/shownValues';
import type { PortFacts } from '../onnx/modelFacts';
import { formatErrors } from './formatErrors';
import { countTypes } from './foreignModel';
import type { ForeignModel } from './foreignModel';
import { dimsOf, irOf, typeName } from './openvinoIr';
import type { IrBody, IrLayer, IrModel, IrPort } from './openvinoIr';
import { readXml } from './xmlReader';

/** The XML of a model with a hundred thousand layers has about 100 MB. */
const largestXmlBytes = 256 * 1024 * 1024;

/** The weights of an IR lie beside its .xml under the same name; undefined where they do not: it can still be looked at. */
export function weightsOf(xmlPath: string): { readonly path: string; readonly sizeBytes: number } | undefined {
  if (!/\.xml$/i.test(xmlPath)) return undefined;
  const path = `${xmlPath.slice(0, -4)}.bin`;
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? { path, sizeBytes: stats.size } : undefined;
}

/** Reads the .xml of an IR. Throws a ModelError when it is no XML, no IR, or beyond the limits. Takes over `source`. */
export function readOpenvinoModel(source: ByteSource): ForeignModel {
  try {
    const { sizeBytes } = source;
    if (sizeBytes > largestXmlBytes) throw formatErrors.tooLarge(sizeBytes, largestXmlBytes);
    const ir = irOf(readXml(textOf(readSlice({ source, offset: 0, length: sizeBytes }, 0, sizeBytes))));
    const layers = allLayers(ir);
    const constants = layers.filter(({ type }) => type === 'Const').length;
    const graph = graphOfIr(ir);
    return {
      facts: {
        ...{ format: 'OpenVINO IR', formatVersion: ir.version, canRun: false, warnings: [], sizeBytes, constants },
        inputs: graph.inputs,
        outputs: graph.outputs,
        nodes: layers.length,
        ops: countTypes(layers.map(({ type }) => type)),
      },
      graph,
      close: () => undefined,
    };
  } finally {
    source.close();
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw formatErrors.notUtf8(thrown);
  }
}

function allLayers(ir: IrModel): IrLayer[] {
  const found: IrLayer[] = [];
  const pending: IrBody[] = [ir.main];
  for (let body = pending.pop(); body !== undefined; body = pending.pop()) {
    for (const layer of body.layers) {
      found.push(layer);
      pending.push(...layer.bodies);
    }
  }
  return found;
}

/** A body whose layers are in the graph already. */
interface PlacedBody {
  readonly body: IrBody;
  readonly indices: ReadonlyMap<string, number>;
  /** The layer that feeds a port, by `portKey`. */
  readonly makers: ReadonlyMap<string, string>;
}

function portKey(layer: string, port: string): string {
  return JSON.stringify([layer, port]);
}

function graphOfIr(ir: IrModel): FlatGraph {
  const builder = new FlatGraphBuilder();
  const pending: { body: IrBody; groups: readonly string[]; owner?: IrLayer; outer?: PlacedBody }[] = [
    { body: ir.main, groups: [] },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { body, owner, outer } = next;
    const ofNames = new GroupsOfNames(next.groups);
    const indices = new Map(body.layers.map((layer) => [layer.id, add(layer, ofNames.of(layer.name))]));
    const makers = new Map(body.edges.map(({ from, to, toPort }) => [portKey(to, toPort), from]));
    const placed: PlacedBody = { body, indices, makers };
    for (const { from, to } of body.edges) builder.connect(indices.get(from) ?? -1, indices.get(to) ?? -1);
    if (owner !== undefined && outer !== undefined) connectBody(placed, owner, outer, builder);
    for (const layer of body.layers) {
      for (const inner of layer.bodies) {
        const groups = [
          ...ofNames.of(layer.name),
          `${layer.name.slice(layer.name.lastIndexOf('/') + 1)}.${inner.name}`,
        ];
        pending.push({ body: inner, groups, owner: layer, outer: placed });
      }
    }
  }
  const ofType = (type: string): IrLayer[] => ir.main.layers.filter((layer) => layer.type === type);
  return builder.finish(
    ofType('Parameter').map(({ name, outputs: [port] }) => portFacts(name, port)),
    ofType('Result').map(({ name, inputs: [port] }) => portFacts(name, port)),
  );

  function add(layer: IrLayer, groups: readonly string[]): number {
    const { name, type } = layer;
    return builder.add({ name, type, groups, attributes: () => attributesOf(layer) });
  }
}

/** What the layer reads goes to the parameters of its body, and the results of the body to the layer. */
function connectBody(placed: PlacedBody, owner: IrLayer, outer: PlacedBody, builder: FlatGraphBuilder): void {
  const ownerIndex = outer.indices.get(owner.id) ?? -1;
  for (const { direction, externalPort, internalLayer } of placed.body.mappings) {
    const inner = placed.indices.get(internalLayer) ?? -1;
    if (direction === 'output') builder.connect(inner, ownerIndex);
    else builder.connect(outer.indices.get(outer.makers.get(portKey(owner.id, externalPort)) ?? '') ?? -1, inner);
  }
}

function portFacts(name: string, port: IrPort | undefined): PortFacts {
  return { name, type: port === undefined || port.type === '' ? 'unknown' : port.type, shape: port?.dims ?? null };
}

/** The operator set, the layer's own attributes, and what comes out of it. */
function attributesOf({ version, data, outputs }: IrLayer): GraphAttribute[] {
  const attributes: GraphAttribute[] = [];
  if (version !== '') attributes.push({ name: 'version', attribute_type: 'string', value: shortText(version) });
  for (const [name, text] of data) attributes.push({ name, ...typed(name, text) });
  for (const { id, type, dims } of outputs.slice(0, 100)) {
    const value = typeAndShape(type === '' ? 'unknown' : type, dims);
    attributes.push({ name: `output ${shortText(id)}`, attribute_type: 'port', value });
  }
  return attributes;
}

/** XML has text only; what it stands for is told by its form. */
function typed(name: string, text: string): { attribute_type: string; value: ShownValue } {
  if (name === 'element_type' || name.endsWith('_type')) {
    const known = typeName(text);
    if (known !== text) return { attribute_type: 'type', value: known };
  }
  if (name === 'shape') return { attribute_type: 'shape', value: shapeText(text) };
  if (text === 'true' || text === 'false') return { attribute_type: 'bool', value: text === 'true' };
  const number = numberOf(text);
  if (number !== undefined) return { attribute_type: Number.isInteger(number) ? 'int' : 'float', value: number };
  const list = text.length > 1000 ? [] : splitList(text);
  const numbers = list.map(numberOf).filter((entry) => entry !== undefined);
  if (list.length < 2 || list.length > 64 || numbers.length < list.length) {
    return { attribute_type: 'string', value: shortText(text) };
  }
  return { attribute_type: numbers.every(Number.isInteger) ? 'ints' : 'floats', value: numbers };
}

/** `[1, 3, ?]`; `...` is a shape of unknown rank. */
function shapeText(text: string): string {
  return text.trim() === '...' ? 'any' : typeAndShape('', dimsOf(splitList(text)));
}

function splitList(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((entry) => entry.trim());
}

function numberOf(text: string): number | undefined {
  if (text.length > 40 || !/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) return undefined;
  const number = Number(text);
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? undefined : number;
}
