// In what two nodes that do the same differ: operator, attributes, types and values of their weights.
import { setImmediate } from 'node:timers/promises';
import { readSlice } from '../../onnx/bytes';
import { DataType, dataTypeName } from '../../onnx/dataTypes';
import { onnxAttributes } from '../../onnx/hierarchy/onnxAttributes';
import { shortText } from '../../onnx/hierarchy/shownValues';
import type { TensorProto } from '../../onnx/messages';
import { ModelError } from '../../onnx/modelErrors';
import type { WorkContext } from '../../protocol/progress';
import { inputRole } from './parameterRoles';
import type { NodeInFile, ShownModel } from './shownModel';
import { shapeText } from './shownTensors';

type NodeOfModel = NodeInFile & { readonly model: ShownModel };

const bytesAtOnce = 4 * 2 ** 20;
const mostDifferences = 8;
/** Attributes looked at; more has no operator. */
const mostAttributes = 200;
const longestText = 200;

/** A few words each; none for nodes that are the same. Where the other is quantized, its weights are so by themselves. */
export async function differencesOf(
  one: NodeOfModel,
  other: NodeOfModel & { readonly isQuantized: boolean },
  context: WorkContext,
): Promise<string[]> {
  const found: string[] = [];
  const isSameType = one.node.opType === other.node.opType;
  if (!isSameType) found.push(`${shortText(one.node.opType)} became ${shortText(other.node.opType)}`);
  if (isSameType) found.push(...attributeDifferences(one, other));
  if (isSameType && !other.isQuantized) found.push(...(await weightDifferences(one, other, context)));
  return found.slice(0, mostDifferences).map((text) => text.slice(0, longestText));
}

function attributeDifferences(one: NodeOfModel, other: NodeOfModel): string[] {
  const [own, others] = [attributesOf(one), attributesOf(other)];
  return [...new Set([...own.keys(), ...others.keys()])].flatMap((name) => {
    const [before, after] = [own.get(name), others.get(name)];
    return before === after ? [] : [`${name} ${before ?? 'absent'} became ${after ?? 'absent'}`];
  });
}

function attributesOf({ model, node }: NodeOfModel): ReadonlyMap<string, string> {
  if (model.opened.kind !== 'onnx') return new Map();
  const { tensors } = model.opened.model;
  const shown = onnxAttributes({ ...node, attribute: node.attribute.slice(0, mostAttributes) }, tensors);
  return new Map(shown.map(({ name, value }) => [name, String(value).slice(0, longestText)]));
}

async function weightDifferences(one: NodeOfModel, other: NodeOfModel, context: WorkContext): Promise<string[]> {
  const found: string[] = [];
  for (const [index, name] of one.node.input.slice(0, mostAttributes).entries()) {
    const before = one.model.tensors?.constantOf(name, one.body);
    const after = other.model.tensors?.constantOf(other.node.input[index] ?? '', other.body);
    if (before === undefined || after === undefined) continue;
    const role = inputRole(one.node.opType, index);
    const [was, is] = [before, after].map(({ dataType, dims }) => `${dataTypeName(dataType)} ${shapeText(dims)}`);
    if (was !== is) found.push(`${role} ${was ?? ''} became ${is ?? ''}`);
    else if (!(await haveEqualValues(one.model, before, other.model, after, context)))
      found.push(`${role} has other values`);
  }
  return found;
}

async function haveEqualValues(
  oneModel: ShownModel,
  one: TensorProto,
  otherModel: ShownModel,
  other: TensorProto,
  { signal }: WorkContext,
): Promise<boolean> {
  if (oneModel.opened.kind !== 'onnx' || otherModel.opened.kind !== 'onnx') return true;
  if (one.dataType === DataType.string) {
    return one.stringData.every((text, index) => Buffer.compare(text, other.stringData[index] ?? text) === 0);
  }
  try {
    const [own, others] = [
      oneModel.opened.model.tensors.rawBytes(one),
      otherModel.opened.model.tensors.rawBytes(other),
    ];
    for (let at = 0; at < own.length; at += bytesAtOnce) {
      if (
        Buffer.compare(
          readSlice(own, at, bytesAtOnceFrom(at, own.length)),
          readSlice(others, at, bytesAtOnceFrom(at, others.length)),
        ) !== 0
      ) {
        return false;
      }
      if (own.length <= bytesAtOnce) continue;
      await setImmediate();
      signal.throwIfAborted();
    }
    return own.length === others.length;
  } catch (thrown) {
    if (!(thrown instanceof ModelError)) throw thrown;
    // What cannot be read cannot be told apart.
    return true;
  }
}

function bytesAtOnceFrom(at: number, length: number): number {
  return Math.max(0, Math.min(bytesAtOnce, length - at));
}
