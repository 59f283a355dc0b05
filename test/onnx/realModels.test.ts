// Real models: the same bytes again, and the same content as protobufjs reads, by a schema of the fields compared.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { expect, it } from 'vitest';
import { readBytes } from '../../src/onnx/bytes';
import type { Bytes, TensorProto } from '../../src/onnx/messages';
import { readModel } from '../../src/onnx/readModel';
import type { OnnxModel } from '../../src/onnx/readModel';
import { encodeModel } from '../../src/onnx/writeModel';
import { describeShared } from '../support/shared';
import { forgetOrigin } from './smallModels';

const one = (id: number, type: string): protobuf.IField => ({ id, type });
const many = (id: number, type: string): protobuf.IField => ({ id, type, rule: 'repeated' });

/** Field numbers and types by the public definition of the format, under the names of `messages.ts`. */
const messages: Record<string, Record<string, protobuf.IField>> = {
  Model: {
    irVersion: one(1, 'int64'),
    producerName: one(2, 'string'),
    producerVersion: one(3, 'string'),
    domain: one(4, 'string'),
    modelVersion: one(5, 'int64'),
    docString: one(6, 'string'),
    graph: one(7, 'Graph'),
    opsetImport: many(8, 'Opset'),
    metadataProps: many(14, 'Entry'),
  },
  Entry: { key: one(1, 'string'), value: one(2, 'string') },
  Opset: { domain: one(1, 'string'), version: one(2, 'int64') },
  Graph: {
    node: many(1, 'Node'),
    name: one(2, 'string'),
    initializer: many(5, 'Tensor'),
    docString: one(10, 'string'),
    input: many(11, 'Value'),
    output: many(12, 'Value'),
    valueInfo: many(13, 'Value'),
  },
  Node: {
    input: many(1, 'string'),
    output: many(2, 'string'),
    name: one(3, 'string'),
    opType: one(4, 'string'),
    attribute: many(5, 'Attribute'),
    docString: one(6, 'string'),
    domain: one(7, 'string'),
    metadataProps: many(9, 'Entry'),
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
    docString: one(13, 'string'),
    type: one(20, 'int32'),
  },
  Tensor: {
    dims: many(1, 'int64'),
    dataType: one(2, 'int32'),
    floatData: many(4, 'float'),
    int32Data: many(5, 'int32'),
    int64Data: many(7, 'int64'),
    name: one(8, 'string'),
    rawData: one(9, 'bytes'),
    docString: one(12, 'string'),
    externalData: many(13, 'Entry'),
    dataLocation: one(14, 'int32'),
  },
  Value: { name: one(1, 'string'), type: one(2, 'Type'), docString: one(3, 'string') },
  Type: { tensorType: one(1, 'TensorType'), denotation: one(6, 'string') },
  TensorType: { elemType: one(1, 'int32'), shape: one(2, 'Shape') },
  Shape: { dim: many(1, 'Dim') },
  Dim: { dimValue: one(1, 'int64'), dimParam: one(2, 'string'), denotation: one(3, 'string') },
};
const nested = Object.fromEntries(Object.entries(messages).map(([name, fields]) => [name, { fields }]));
const modelType = protobuf.Root.fromJSON({ nested }).lookupType('Model');

function byProtobufjs(bytes: Uint8Array): unknown {
  return comparable(modelType.toObject(modelType.decode(bytes), { longs: String, bytes: String }));
}

/** Numbers as text, bytes as base64, typed tensor data as its elements, keys sorted, nothing empty, absent or zero (protobufjs drops zeros). */
function comparable(value: unknown, model?: OnnxModel): unknown {
  if (Array.isArray(value)) return value.map((item) => comparable(item, model));
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array || 'source' in value)
    return Buffer.from(readBytes(value as Bytes)).toString('base64');
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const isTyped = model !== undefined && /^(float|int32|int64)Data$/.test(key);
    return [
      key,
      comparable(isTyped ? Array.from(model.tensors.values(value as TensorProto) as Iterable<unknown>) : inner, model),
    ];
  });
  const filled = entries.filter(
    ([, inner]) =>
      inner !== undefined && inner !== '' && inner !== '0' && !(Array.isArray(inner) && inner.length === 0),
  );
  return Object.fromEntries(filled.sort(([a], [b]) => (a < b ? -1 : 1)));
}

describeShared('every real model', (shared) => {
  const folder = join(shared, 'data', 'models');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.onnx'));

  it.each(files)('%s is written as it was read, and means the same encoded anew', (name) => {
    const bytes = readFileSync(join(folder, name));
    const model = readModel(join(folder, name));
    expect(Buffer.from(encodeModel(model.proto)).equals(bytes)).toBe(true);
    const anew = encodeModel(forgetOrigin(model.proto));
    model.close();
    expect(JSON.stringify(byProtobufjs(anew)) === JSON.stringify(byProtobufjs(bytes))).toBe(true);
  });

  it.each(files)('%s reads as protobufjs reads it', (name) => {
    const model = readModel(join(folder, name));
    const ours = JSON.stringify(comparable(model.proto, model));
    model.close();
    const theirs = JSON.stringify(byProtobufjs(readFileSync(join(folder, name))));
    const differsAt = Array.from({ length: ours.length }, (_, at) => at).find((at) => ours[at] !== theirs[at]) ?? 0;
    expect(
      ours === theirs,
      `${ours.slice(differsAt - 80, differsAt + 80)} is not ${theirs.slice(differsAt - 80, differsAt + 80)}`,
    ).toBe(true);
  });
});
