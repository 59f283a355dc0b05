// The codec: what is read is what was written, to the byte; damaged bytes end in a ModelError and nothing else.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemorySource } from '../../src/onnx/byteSource';
import { decodeModel } from '../../src/onnx/decode';
import { defaultLimits } from '../../src/onnx/limits';
import type { GraphProto, ModelProto } from '../../src/onnx/messages';
import { ModelError } from '../../src/onnx/modelErrors';
import { emptyGraph } from '../../src/onnx/modelWalk';
import { encodedSize } from '../../src/onnx/encode';
import { encodeModel } from '../../src/onnx/writeModel';
import { field, forgetOrigin, modelOf, numberField, variedBytes, variedModel, varint } from './smallModels';

function decode(bytes: Iterable<number>, limits = defaultLimits): ModelProto {
  return decodeModel(new MemorySource(Uint8Array.from(bytes)), limits);
}

function codeOf(bytes: Iterable<number>, limits = defaultLimits): string {
  try {
    decode(bytes, limits);
    return 'none';
  } catch (thrown) {
    if (thrown instanceof ModelError) return thrown.code;
    throw thrown;
  }
}

function graphOf(bytes: Iterable<number>): GraphProto {
  const { graph } = decode(field(7, bytes));
  if (graph === undefined) throw new Error('no graph');
  return graph;
}

const longVarint = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];

describe('round trip', () => {
  it('gives back every field', () => {
    const decoded = decode(variedBytes());
    expect(forgetOrigin(decoded)).toEqual(variedModel());
  });

  it('is the same bytes when nothing was changed, and when everything is encoded anew', () => {
    const bytes = variedBytes();
    const decoded = decode(bytes);
    expect(encodeModel(decoded)).toEqual(bytes);
    expect(encodeModel(forgetOrigin(decoded))).toEqual(bytes);
  });

  it('keeps oddly encoded children of an edited parent as they were', () => {
    // A node whose name comes before its inputs, with an overlong length varint.
    const oddNode = [...field(3, 'odd'), ...[0x0a, 0x81, 0x00, 0x61], ...field(4, 'Relu')];
    const original = graphOf(field(1, oddNode));
    expect(original.node[0]).toMatchObject({ name: 'odd', input: ['a'], opType: 'Relu' });
    const written = encodeModel(modelOf({ ...original, name: 'new' }));
    expect(Buffer.from(written).includes(Buffer.from(oddNode))).toBe(true);
  });

  it('encodes an edited message anew, not from the bytes of the one it was copied from', () => {
    const model = decode(variedBytes());
    const edited = decode(encodeModel({ ...model, producerName: 'other' }));
    expect(edited.producerName).toBe('other');
    expect(edited.graph).toEqual(model.graph);
  });

  it('keeps unknown fields of every wire type, also in an edited message', () => {
    const unknown = [
      numberField(100, 2n ** 64n - 1n),
      [...varint(101 * 8 + 1), 1, 2, 3, 4, 5, 6, 7, 8],
      field(102, 'kept'),
      [
        ...varint(103 * 8 + 3),
        ...field(1, 'in a group'),
        ...varint(9 * 8 + 3),
        ...varint(9 * 8 + 4),
        ...varint(103 * 8 + 4),
      ],
      [...varint(104 * 8 + 5), 9, 9, 9, 9],
    ];
    const bytes = [...numberField(1, 8), ...unknown.flat()];
    const model = decode(bytes);
    expect(model.unknown).toEqual(unknown.map((piece) => Uint8Array.from(piece)));
    expect([...encodeModel({ ...model, irVersion: 9 })]).toEqual([...numberField(1, 9), ...unknown.flat()]);
  });

  it('treats a known field of another wire type as unknown, as protobuf does', () => {
    const bytes = numberField(2, 5);
    expect(decode(bytes)).toMatchObject({ producerName: '', unknown: [Uint8Array.from(bytes)] });
  });

  it('predicts the encoded size', () => {
    const model = forgetOrigin(decode(variedBytes()));
    expect(encodedSize(model)).toBe(variedBytes().length);
  });

  it('keeps the extremes of 64-bit numbers', () => {
    for (const modelVersion of [2n ** 63n - 1n, -(2n ** 63n), -1n, 0n, 2n ** 53n - 1n]) {
      const bytes = numberField(5, modelVersion);
      expect([...encodeModel(forgetOrigin(decode(bytes)))], String(modelVersion)).toEqual(bytes);
    }
  });

  it('holds for any names, numbers and tensors (property)', () => {
    const model = fc
      .record({
        names: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 }),
        ints: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
        floats: fc.array(fc.float()),
        raw: fc.uint8Array({ maxLength: 9000 }),
        dims: fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 40 })),
      })
      .map(({ names, ints, floats, raw, dims }) => {
        const base = variedModel();
        const [first] = base.graph?.node ?? [];
        const attribute = { ...first!.attribute[0]!, ints, floats, strings: [raw] };
        const tensor = { ...base.graph!.initializer[0]!, dims, rawData: raw };
        return modelOf({
          ...emptyGraph,
          node: [{ ...first!, input: names, attribute: [attribute] }],
          initializer: [tensor],
        });
      });
    fc.assert(
      fc.property(model, (original) => {
        const decoded = decode(encodeModel(original));
        expect(forgetOrigin(decoded)).toEqual(original);
      }),
      { numRuns: 60 },
    );
  });
});

describe('lists of numbers', () => {
  const tensorOf = (bytes: number[]): GraphProto['initializer'][number] => graphOf(field(5, bytes)).initializer[0]!;

  it('reads dims packed, unpacked and in pieces', () => {
    expect(tensorOf(field(1, [2, 3, 4])).dims).toEqual([2, 3, 4]);
    expect(tensorOf([2, 3, 4].flatMap((dim) => numberField(1, dim))).dims).toEqual([2, 3, 4]);
    expect(tensorOf([...numberField(1, 2), ...field(1, [3, 4])]).dims).toEqual([2, 3, 4]);
  });

  it('joins tensor data that is not packed, or packed in pieces', () => {
    const varints = [...varint(1), ...varint(300), ...varint(-1)];
    const int32 = Uint8Array.from(varints);
    expect(tensorOf(field(5, varints)).int32Data).toEqual(int32);
    expect(tensorOf([1, 300, -1].flatMap((value) => numberField(5, value))).int32Data).toEqual(int32);
    expect(tensorOf([...field(5, varint(1)), ...numberField(5, 300), ...field(5, varint(-1))]).int32Data).toEqual(
      int32,
    );
    const single = [4 * 8 + 5, 0, 0, 128, 63];
    expect(tensorOf([...single, ...single]).floatData).toEqual(Uint8Array.from([0, 0, 128, 63, 0, 0, 128, 63]));
    const double = [10 * 8 + 1, 0, 0, 0, 0, 0, 0, 240, 63];
    expect(tensorOf([...double, ...double]).doubleData).toHaveLength(16);
  });

  it('reads the numbers of attributes packed, too', () => {
    const attribute = [...field(8, varint(-1)), ...numberField(8, 7), ...field(7, [0, 0, 128, 63, 0, 0, 0, 192])];
    const read = graphOf(field(1, field(5, attribute))).node[0]!.attribute[0]!;
    expect(read.ints).toEqual([-1n, 7n]);
    expect(read.floats).toEqual([1, -2]);
  });

  it('joins 200,000 single floats without copying them all each time', () => {
    const single = [4 * 8 + 5, 0, 0, 128, 63];
    const bytes = Uint8Array.from({ length: 200_000 * single.length }, (_, index) => single[index % single.length]!);
    expect(tensorOf(bytes as unknown as number[]).floatData).toHaveLength(800_000);
  });
});

describe('one of several', () => {
  it('lets the last kind of a type count', () => {
    const type = [...field(1, numberField(1, 1)), ...field(4, field(1, []))];
    const read = graphOf(field(11, field(2, type))).input[0]!.type!;
    expect(read.sequenceType).toBeDefined();
    expect(read.tensorType).toBeUndefined();
  });

  it('refuses a second graph, of which readers would take different ones', () => {
    expect(codeOf([...field(7, []), ...field(7, [])])).toBe('model-malformed');
  });
});

describe('damaged bytes', () => {
  it('every prefix of a model is read or refused with a ModelError', () => {
    const bytes = variedBytes();
    let refused = 0;
    for (let length = 0; length < bytes.length; length++) {
      const code = codeOf(bytes.subarray(0, length));
      expect(['none', 'model-truncated'], `prefix of ${length}`).toContain(code);
      if (code !== 'none') refused += 1;
    }
    expect(refused).toBeGreaterThan(bytes.length * 0.9);
  });

  it.each([
    ['a varint of eleven bytes', [0x08, ...longVarint], 'model-malformed'],
    ['a length beyond the end', [0x3a, 0x7f, 0x0a], 'model-truncated'],
    ['a length of 2^63', [0x3a, ...varint(2n ** 63n)], 'model-truncated'],
    ['a child longer than its parent', field(7, [0x0a, 0x05]), 'model-truncated'],
    ['a packed list that ends inside a number', field(7, field(5, field(1, [0x80]))), 'model-truncated'],
    [
      'packed floats that are not a multiple of four',
      field(7, field(1, field(5, field(7, [1, 2, 3])))),
      'model-truncated',
    ],
    ['field number 0', [0x02, 0x00], 'model-malformed'],
    ['a tag beyond 32 bits', [...varint(2n ** 35n), 0], 'model-malformed'],
    ['wire type 6', [0x0e], 'model-malformed'],
    ['wire type 7', [0x0f], 'model-malformed'],
    ['the end of a group that did not start', [0x0c], 'model-malformed'],
    ['a group that ends as another', [...varint(50 * 8 + 3), ...varint(51 * 8 + 4)], 'model-malformed'],
    ['a group that does not end', varint(50 * 8 + 3), 'model-truncated'],
    ['100,000 nested groups', Array.from({ length: 100_000 }, () => varint(50 * 8 + 3)).flat(), 'model-malformed'],
    ['a name that is not UTF-8', field(7, field(2, [0xff, 0xfe])), 'model-malformed'],
    ['a name cut inside a character', field(7, field(2, [0xe2, 0x82])), 'model-malformed'],
  ])('%s', (_, bytes, code) => {
    expect(codeOf(bytes)).toBe(code);
  });

  it('reads a name with a real replacement character, and a doc string that is not UTF-8', () => {
    expect(graphOf(field(2, '\ufffd')).name).toBe('\ufffd');
    expect(decode(field(6, [0x61, 0xff])).docString).toBe('a\ufffd');
  });

  it('names like those of Object.prototype are just names', () => {
    const model = modelOf({ node: [{ ...variedModel().graph!.node[0]!, input: ['__proto__', 'constructor'] }] });
    expect(decode(encodeModel(model)).graph?.node[0]?.input).toEqual(['__proto__', 'constructor']);
  });

  it('refuses If within If 5,000 deep, and reads 64', () => {
    expect(codeOf(nestedIf(5000))).toBe('model-nesting');
    expect(codeOf(nestedIf(65))).toBe('model-nesting');
    expect(codeOf(nestedIf(64))).toBe('none');
  });

  it('refuses a sequence of a sequence of a sequence … 1,000 deep', () => {
    let type: number[] = [];
    for (let level = 0; level < 1000; level++) type = field(4, field(1, type));
    expect(codeOf(field(7, field(11, field(2, type))))).toBe('model-nesting');
  });

  it('stops at the limits for nodes, messages and list entries', () => {
    const nodes = field(7, [...field(1, []), ...field(1, []), ...field(1, [])]);
    expect(codeOf(nodes, { ...defaultLimits, nodes: 2 })).toBe('model-limit');
    expect(codeOf(nodes, { ...defaultLimits, messages: 4 })).toBe('model-limit');
    expect(codeOf(nodes, { ...defaultLimits, listEntries: 2 })).toBe('model-limit');
    expect(codeOf(nodes, { ...defaultLimits, nodes: 3, messages: 5, listEntries: 3 })).toBe('none');
    const ints = field(7, field(1, field(5, field(8, [1, 2, 3, 4]))));
    expect(codeOf(ints, { ...defaultLimits, listEntries: 5 })).toBe('model-limit');
  });

  it('mutations end in a model that is written as it was, or in a ModelError (property)', () => {
    const base = variedBytes();
    const mutation = fc.record({
      at: fc.nat(base.length - 1),
      remove: fc.nat(6),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc.constantFrom(
          longVarint,
          varint(2n ** 31n),
          varint(2n ** 63n),
          [0x0b],
          [0x0c],
          [0x0f],
          [0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f],
        ),
        fc
          .tuple(fc.integer({ min: 1, max: 30 }), fc.constantFrom(0, 1, 2, 3, 4, 5))
          .map(([number, type]) => varint(number * 8 + type)),
      ),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const bytes = [...base];
        for (const { at, remove, insert } of mutations) bytes.splice(at, remove, ...insert);
        if (codeOf(bytes) === 'none') expect([...encodeModel(decode(bytes))]).toEqual(bytes);
      }),
      { numRuns: 400 },
    );
  });
});

/** `depth` graphs within the main graph, written from the inside out. */
function nestedIf(depth: number): Uint8Array {
  let pieces: number[][] = [];
  let length = 0;
  const wrap = (number: number): void => {
    const head = [...varint(number * 8 + 2), ...varint(length)];
    pieces.push(head);
    length += head.length;
  };
  for (let level = 0; level < depth; level++) for (const number of [6, 5, 1]) wrap(number);
  wrap(7);
  pieces = pieces.reverse();
  return Uint8Array.from(pieces.flat());
}
