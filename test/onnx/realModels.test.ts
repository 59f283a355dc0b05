// Real models: the same bytes again, and the same content as protobufjs reads, by a schema of the fields compared.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { expect, it } from 'vitest';
import { readBytes } from '../../src/onnx/bytes';
import type { AttributeProto, Bytes, GraphProto, TensorProto, ValueInfoProto } from '../../src/onnx/messages';
import { readModel } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import { describeShared } from '../support/shared';
import { forgetOrigin } from './smallModels';

type Fields = Record<string, protobuf.IField>;
const one = (id: number, type: string): protobuf.IField => ({ id, type });
const many = (id: number, type: string): protobuf.IField => ({ id, type, rule: 'repeated' });

/** Numbers and types by the public format definition; only what the comparison looks at. */
const messages: Record<string, Fields> = {
  Model: {
    irVersion: one(1, 'int64'),
    producerName: one(2, 'string'),
    graph: one(7, 'Graph'),
    opsets: many(8, 'Opset'),
  },
  Opset: { domain: one(1, 'string'), version: one(2, 'int64') },
  Graph: {
    nodes: many(1, 'Node'),
    name: one(2, 'string'),
    initializers: many(5, 'Tensor'),
    inputs: many(11, 'Value'),
    outputs: many(12, 'Value'),
    values: many(13, 'Value'),
  },
  Node: {
    inputs: many(1, 'string'),
    outputs: many(2, 'string'),
    name: one(3, 'string'),
    opType: one(4, 'string'),
    attributes: many(5, 'Attribute'),
    domain: one(7, 'string'),
  },
  Attribute: {
    name: one(1, 'string'),
    f: one(2, 'float'),
    i: one(3, 'int64'),
    s: one(4, 'bytes'),
    t: one(5, 'Tensor'),
    g: one(6, 'Graph'),
    floats: many(7, 'float'),
    ints: many(8, 'int64'),
    strings: many(9, 'bytes'),
    type: one(20, 'int32'),
  },
  Tensor: {
    dims: many(1, 'int64'),
    dataType: one(2, 'int32'),
    floats: many(4, 'float'),
    int32s: many(5, 'int32'),
    int64s: many(7, 'int64'),
    name: one(8, 'string'),
    raw: one(9, 'bytes'),
  },
  Value: { name: one(1, 'string'), type: one(2, 'Type') },
  Type: { tensor: one(1, 'TensorType') },
  TensorType: { elemType: one(1, 'int32'), shape: one(2, 'Shape') },
  Shape: { dims: many(1, 'Dim') },
  Dim: { value: one(1, 'int64'), param: one(2, 'string') },
};
const schema = protobuf.Root.fromJSON({
  nested: Object.fromEntries(Object.entries(messages).map(([name, fields]) => [name, { fields }])),
});

/** Plain objects without absent fields, 64-bit numbers as text, bytes as base64. */
function byProtobufjs(bytes: Uint8Array): unknown {
  const type = schema.lookupType('Model');
  return type.toObject(type.decode(bytes), { longs: String, bytes: String, arrays: true });
}

const present = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
const base64 = (bytes: Bytes | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(readBytes(bytes)).toString('base64');

function ofGraph(graph: GraphProto): unknown {
  return {
    name: graph.name,
    nodes: graph.node.map((node) => ({
      inputs: node.input,
      outputs: node.output,
      name: node.name,
      opType: node.opType,
      domain: node.domain,
      attributes: node.attribute.map(ofAttribute),
    })),
    initializers: graph.initializer.map(ofTensor),
    inputs: graph.input.map(ofValue),
    outputs: graph.output.map(ofValue),
    values: graph.valueInfo.map(ofValue),
  };
}

function ofAttribute(attribute: AttributeProto): unknown {
  const { name, type, f, i, s, t, g, floats, ints, strings } = attribute;
  return present({
    name,
    type,
    f,
    i: i?.toString(),
    s: base64(s),
    t: t && ofTensor(t),
    g: g && ofGraph(g),
    floats,
    ints: ints.map(String),
    strings: strings.map(base64),
  });
}

function ofTensor(tensor: TensorProto): unknown {
  return present({
    name: tensor.name,
    dims: tensor.dims.map(String),
    dataType: tensor.dataType,
    raw: base64(tensor.rawData),
  });
}

function ofValue(value: ValueInfoProto): unknown {
  const type = value.type?.tensorType;
  const dims = type?.shape?.dim.map((dim) => present({ value: dim.dimValue?.toString(), param: dim.dimParam }));
  return { name: value.name, tensor: type && present({ elemType: type.elemType, dims }) };
}

/** The other reader's object in our words: typed lists are compared as raw bytes elsewhere, strings default to empty. */
function normalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalised);
  if (typeof value !== 'object' || value === null) return value;
  const { type, shape, ...rest } = value as Record<string, unknown>;
  delete rest['floats32'];
  const entries = Object.entries(rest).map(([key, inner]) => [key, normalised(inner)]);
  if (typeof type === 'number') entries.push(['type', type]);
  else if (type !== undefined) entries.push(['tensor', normalised((type as Record<string, unknown>)['tensor'])]);
  if (shape !== undefined) entries.push(['dims', normalised((shape as Record<string, unknown>)['dims'])]);
  return Object.fromEntries(entries) as unknown;
}

describeShared('every real model', (shared) => {
  const folder = join(shared, 'data', 'models');
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.onnx'));

  it.each(files)('%s is written as it was read, untouched and anew', (name) => {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    const model = readModel(path);
    try {
      expect(Buffer.from(encodeModel(model.proto)).equals(bytes)).toBe(true);
      const anew = encodeModel(forgetOrigin(model.proto));
      const again = byProtobufjs(anew);
      expect(
        JSON.stringify(again) === JSON.stringify(byProtobufjs(bytes)) ||
          withoutEmpty(again) === withoutEmpty(byProtobufjs(bytes)),
      ).toBe(true);
    } finally {
      model.close();
    }
  });

  it.each(files)('%s reads as protobufjs reads it', (name) => {
    const path = join(folder, name);
    const model = readModel(path);
    try {
      const { irVersion, producerName, opsetImport } = model.proto;
      const opsets = opsetImport.map((opset) => ({ domain: opset.domain, version: String(opset.version) }));
      const ours = { irVersion: String(irVersion), producerName, opsets, graph: ofGraph(model.graph) };
      expect(withoutEmpty(ours)).toBe(withoutEmpty(normalised(byProtobufjs(readFileSync(path)))));
    } finally {
      model.close();
    }
  });
});

/** JSON with sorted keys, without empty strings and lists and typed lists, to compare readers with other defaults. */
function withoutEmpty(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    if (inner === '' && key !== '' && !/^[0-9]+$/.test(key)) return undefined;
    if (Array.isArray(inner) && inner.length === 0) return undefined;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
