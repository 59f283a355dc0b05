// TensorFlow's GraphDef in protobuf: names, operators and inputs of its nodes; attributes stay in the file until asked for.
//
// Field numbers: tensorflow/core/framework/graph.proto, node_def.proto, versions.proto, function.proto.
import type { ByteSource } from '../onnx/byteSource';
import type { ModelLimits } from '../onnx/limits';
import { modelErrors } from '../onnx/modelErrors';
import { WireReader, WireType } from '../onnx/wireReader';

/** Where a message lies in the file. */
export interface MessagePlace {
  readonly offset: number;
  readonly length: number;
}

export interface GraphDefNode {
  readonly name: string;
  readonly op: string;
  /** `name`, `name:1` for an output but the first, `^name` for "runs after". */
  readonly inputs: readonly string[];
  /** AttrValue messages by name. */
  readonly attributes: ReadonlyMap<string, MessagePlace>;
}

export interface GraphDef {
  readonly nodes: readonly GraphDefNode[];
  /** The version of graphs the writer knew; undefined when not stated. */
  readonly producer: number | undefined;
  /** Functions of its library. */
  readonly functions: number;
}

/** Calls `field` for each field up to the reader's limit, the tag read; a field it does not take (false) is skipped. */
export function eachField(reader: WireReader, field: (number: number, wireType: number) => boolean): void {
  while (reader.position < reader.limit) {
    const tag = reader.tag();
    if (!field(tag >>> 3, tag & 7)) reader.skipField(tag);
  }
}

/** Reads a length-delimited payload with `read`, which cannot see beyond it. */
export function inMessage(reader: WireReader, read: () => void): void {
  const length = reader.length();
  const outerLimit = reader.limit;
  reader.limit = reader.position + length;
  read();
  reader.position = reader.limit;
  reader.limit = outerLimit;
}

/** Places the reader on a message read before. */
export function goTo(reader: WireReader, { offset, length }: MessagePlace): void {
  reader.position = offset;
  reader.limit = offset + length;
}

/** Steps over a payload and says where it was. */
export function placeOfMessage(reader: WireReader): MessagePlace {
  const length = reader.length();
  const place = { offset: reader.position, length };
  reader.position += length;
  return place;
}

/** Reads a graph; no weights are read. Throws a ModelError when the bytes are damaged or beyond the limits. */
export function readGraphDef(source: ByteSource, limits: ModelLimits): GraphDef {
  const reader = new WireReader(source);
  const nodes: GraphDefNode[] = [];
  const counted = new Counted(limits);
  let producer: number | undefined;
  let functions = 0;
  eachField(reader, (number, wireType) => {
    if (wireType !== WireType.length) return false;
    if (number === 1) {
      if (nodes.length >= limits.nodes) throw modelErrors.tooMany('nodes', limits.nodes);
      inMessage(reader, () => nodes.push(readNode(reader, counted)));
    } else if (number === 2) inMessage(reader, () => (functions += countFunctions(reader)));
    else if (number === 4) inMessage(reader, () => (producer = readProducer(reader)));
    else return false;
    return true;
  });
  return { nodes, producer, functions };
}

/** Inputs and attributes of all nodes together: a small file must not become gigabytes of objects. */
class Counted {
  private entries = 0;

  constructor(private readonly limits: ModelLimits) {}

  add(): void {
    if (++this.entries > this.limits.messages) throw modelErrors.tooMany('parts', this.limits.messages);
  }
}

/** A longer name is no honest one, and beyond half a gigabyte it could not be a string. */
const longestName = 1024 * 1024;

function readName(reader: WireReader): string {
  const start = reader.position;
  const length = reader.length();
  if (length > longestName) throw modelErrors.malformed(`a name is longer than ${longestName} bytes`, start);
  return reader.string(length);
}

const noInputs: readonly string[] = Object.freeze([]);
const noAttributes: ReadonlyMap<string, MessagePlace> = new Map();

function readNode(reader: WireReader, counted: Counted): GraphDefNode {
  let name = '';
  let op = '';
  let inputs: string[] | undefined;
  let attributes: Map<string, MessagePlace> | undefined;
  eachField(reader, (number, wireType) => {
    if (wireType !== WireType.length) return false;
    if (number === 1) name = readName(reader);
    else if (number === 2) op = readName(reader);
    else if (number === 3) {
      counted.add();
      (inputs ??= []).push(readName(reader));
    } else if (number === 5) {
      counted.add();
      const entry = readEntry(reader);
      (attributes ??= new Map()).set(entry.key, entry.value);
    } else return false;
    return true;
  });
  return { name, op, inputs: inputs ?? noInputs, attributes: attributes ?? noAttributes };
}

/** One entry of a map: a name and a message. */
function readEntry(reader: WireReader): { key: string; value: MessagePlace } {
  let key = '';
  let value: MessagePlace = { offset: reader.position, length: 0 };
  inMessage(reader, () =>
    eachField(reader, (number, wireType) => {
      if (wireType !== WireType.length) return false;
      if (number === 1) key = readName(reader);
      else if (number === 2) value = placeOfMessage(reader);
      else return false;
      return true;
    }),
  );
  return { key, value };
}

function countFunctions(reader: WireReader): number {
  let functions = 0;
  eachField(reader, (number, wireType) => {
    if (number === 1 && wireType === WireType.length) functions += 1;
    return false;
  });
  return functions;
}

function readProducer(reader: WireReader): number | undefined {
  let producer: number | undefined;
  eachField(reader, (number, wireType) => {
    if (number !== 1 || wireType !== WireType.varint) return false;
    producer = reader.int64();
    return true;
  });
  return producer;
}
