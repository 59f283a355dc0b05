// TFRecord files: checksums, framing, messages, the three loaders, and files that want to do harm.
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseDatasetFile } from '../../../../src/config/datasetFile';
import { crc32c, maskedCrc32c } from '../../../../src/data/loaders/records/crc32c';
import { readExample } from '../../../../src/data/loaders/records/example';
import { openDatasetConfig } from '../../../../src/data/openDataset';
import type { OpenedDataset } from '../../../../src/data/openDataset';
import { temporaryFolder } from '../../../support/temporaryFolder';
import { exampleBytes, field, recordFileBytes } from './recordBytes';

const folder = temporaryFolder();
let picture: Buffer;

beforeAll(async () => {
  picture = await sharp({ create: { width: 8, height: 4, channels: 3, background: '#ff8000' } })
    .png()
    .toBuffer();
});

async function open(text: string): Promise<OpenedDataset> {
  return openDatasetConfig(parseDatasetFile(text, join(folder.path, 'DATASET.yaml')));
}

/** The sentence of opening a file and reading its first sample. */
async function sentence(bytes: Uint8Array, loader = 'ImageRecord'): Promise<string> {
  const path = folder.write('bad.tfrecord', bytes);
  return open(`dataset: {${loader}: ${path}}`)
    .then(async ({ loader: items }) => items.get(0))
    .then(
      () => 'no failure',
      (thrown: unknown) => (thrown instanceof Error ? thrown.message.replace(path, 'FILE') : String(thrown)),
    );
}

describe('checksums', () => {
  it('are those of RFC 3720, masked', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    // Of the length 8 as the first eight bytes of a file: rotate right by 15, add the constant.
    const crc = crc32c(Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0));
    expect(maskedCrc32c(Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0))).toBe((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  });
});

describe('examples', () => {
  it('give back what was written', () => {
    const numbers = fc.array(fc.integer(), { minLength: 1 });
    fc.assert(
      fc.property(numbers, fc.uint8Array(), (integers, bytes) => {
        const floats = Float32Array.of(0.5, -3);
        const record = { file: 'f', index: 0, offset: 0, bytes: exampleBytes({ i: integers, b: [bytes], f: floats }) };
        const example = readExample(record);
        expect(example.numbers('i')).toEqual(integers);
        expect(example.bytes('b')?.map((one) => [...one])).toEqual([[...bytes]]);
        expect(example.numbers('f')).toEqual([0.5, -3]);
      }),
    );
  });

  it('never break on other bytes but with the sentence of a bad record', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          readExample({ file: 'f', index: 3, offset: 9, bytes });
        } catch (thrown) {
          expect(String(thrown)).toContain('Record 3 of f cannot be used: it is no tf.train.Example.');
        }
      }),
    );
  });
});

describe('ImageRecord', () => {
  it('reads the files of a folder in order of their names, several of them', async () => {
    const record = (label: number): Buffer =>
      exampleBytes({ 'image/encoded': [picture], 'image/class/label': [label], 'image/format': ['png'] });
    folder.write('shards/val-00001-of-00002', recordFileBytes([record(7)]));
    folder.write('shards/val-00000-of-00002', recordFileBytes([record(1), record(1000)]));
    folder.write('shards/README.md', 'no records');
    const { loader } = await open('dataset: {ImageRecord: {root: shards}}\ntransform: {LabelShift: 1}');
    expect(loader.length).toBe(3);
    const items = await Promise.all([2, 0, 1].map(async (index) => loader.get(index)));
    expect(items.map(({ id, annotation }) => [id, annotation])).toEqual([
      ['val-00001-of-00002#0', 6],
      ['val-00000-of-00002#0', 0],
      ['val-00000-of-00002#1', 999],
    ]);
    expect(items[0]?.inputs['image']).toMatchObject({ type: 'uint8', dims: [4, 8, 3] });
    expect([...(items[0]?.inputs['image']?.data ?? [])].slice(0, 3)).toEqual([255, 128, 0]);
  });

  it('says what is wrong, and where', async () => {
    const good = recordFileBytes([exampleBytes({ 'image/encoded': [picture], 'image/class/label': [3] })]);
    const changed = (at: number): Buffer => {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes;
    };
    expect(await sentence(good)).toBe('no failure');
    expect(await sentence(changed(60))).toBe('Record 0 of FILE cannot be used: its data does not fit its checksum.');
    expect(await sentence(changed(0))).toContain('it is no TFRecord file');
    expect(await sentence(Buffer.concat([good, changed(0)]))).toContain(
      'Record 1 of FILE cannot be used: its length does not fit its checksum.',
    );
    expect(await sentence(good.subarray(0, good.length - 1))).toContain('the file ends within it');
    expect(await sentence(Buffer.concat([good, good.subarray(0, 5)]))).toContain('Record 1 of FILE');
    expect(await sentence(Buffer.of(0x1f, 0x8b, ...new Uint8Array(30)))).toContain('it is compressed');
    expect(await sentence(Buffer.alloc(0))).toContain('its files hold no record');
    expect(await sentence(recordFileBytes([exampleBytes({ 'image/encoded': [picture], other: [1] })]))).toContain(
      'it has no feature image/class/label; it has image/encoded, other.',
    );
    expect(
      await sentence(recordFileBytes([exampleBytes({ 'image/encoded': [1], 'image/class/label': [1] })])),
    ).toContain('its feature image/encoded holds integers, not bytes');
  });

  it('refuses a length that no memory holds before it makes room', async () => {
    const header = Buffer.alloc(40);
    header.writeBigUInt64LE(2n ** 62n);
    header.writeUInt32LE(maskedCrc32c(header.subarray(0, 8)), 8);
    expect(await sentence(header)).toContain('it claims 4611686018427387904 bytes, more than 268435456');
    // The same within a message: a list longer than the record.
    const lying = field(1, Buffer.of(0x0a, 0xff, 0xff, 0xff, 0x0f, 1));
    expect(await sentence(recordFileBytes([lying]))).toContain('it is no tf.train.Example');
  });

  it('refuses folders without records, and files that are not there', async () => {
    folder.write('empty/notes.txt', '');
    await expect(open('dataset: {ImageRecord: {root: empty}}')).rejects.toThrow('no file in it ends in .tfrecord');
    await expect(open('dataset: {ImageRecord: {root: gone.tfrecord}}')).rejects.toThrow('gone.tfrecord');
  });
});

describe('COCORecord', () => {
  const record = (count: number): Buffer =>
    exampleBytes({
      'image/encoded': [picture],
      'image/source_id': [`${40 + count}`],
      'image/object/bbox/xmin': new Float32Array(count).fill(0.25),
      'image/object/bbox/ymin': new Float32Array(count).fill(0.5),
      'image/object/bbox/xmax': new Float32Array(count).fill(0.75),
      'image/object/bbox/ymax': new Float32Array(count).fill(1),
      'image/object/class/text': Array.from({ length: count }, () => 'dog'),
      'image/object/class/label': Array.from({ length: count }, () => 18),
    });

  it('gives boxes as fractions, top first, names, ids and the id of the picture', async () => {
    folder.write('coco.tfrecord', recordFileBytes([record(2), record(1)]));
    const { loader } = await open('dataset: {COCORecord: {root: coco.tfrecord}}');
    const details = { height: 4, width: 8, frame: [0, 0, 1, 1], areas: [8], crowds: [false], ignored: [false] };
    expect((await loader.get(1)).annotation).toEqual([[[0.5, 0.25, 1, 0.75]], ['dog'], [18], 41, details]);
    const filtered = await open('dataset: {COCORecord: {root: coco.tfrecord}}\nfilter: {LabelBalance: {size: 2}}');
    expect(filtered.loader.length).toBe(1);
  });

  const boxed = (edges: readonly number[], others: Parameters<typeof exampleBytes>[0] = {}): Buffer =>
    exampleBytes({
      'image/encoded': [picture],
      ...Object.fromEntries(
        ['ymin', 'xmin', 'ymax', 'xmax'].map((side, at) => [
          `image/object/bbox/${side}`,
          Float32Array.of(edges[at] ?? NaN),
        ]),
      ),
      ...others,
    });

  it('takes crowds, difficult boxes and areas along', async () => {
    const others = {
      'image/object/is_crowd': [1],
      'image/object/difficult': [1],
      'image/object/area': Float32Array.of(5),
    };
    folder.write('crowd.tfrecord', recordFileBytes([boxed([0, 0, 1, 1], others)]));
    const { annotation } = await (await open('dataset: {COCORecord: {root: crowd.tfrecord}}')).loader.get(0);
    expect(annotation).toMatchObject([[[0, 0, 1, 1]], [], [], expect.any(String), { areas: [5], crowds: [true] }]);
    expect(annotation).toMatchObject({ 4: { ignored: [true] } });
    expect(await sentence(recordFileBytes([boxed([0, 0, 1, 1], { 'image/object/area': [1, 2] })]), 'COCORecord')).toBe(
      'Record 0 of FILE cannot be used: it has 1 boxes, and image/object/area has 2 values.',
    );
  });

  it('refuses edges that do not belong together, and boxes that are none', async () => {
    const bad = exampleBytes({ 'image/encoded': [picture], 'image/object/bbox/xmin': Float32Array.of(0) });
    expect(await sentence(recordFileBytes([bad]), 'COCORecord')).toContain('not as many edges');
    const refused = async (...edges: readonly number[]): Promise<string> =>
      sentence(recordFileBytes([boxed(edges)]), 'COCORecord');
    expect(await refused(0, 0.5, 1, 0.25)).toContain(
      'box 0 (ymin 0, xmin 0.5, ymax 1, xmax 0.25) ends before it begins',
    );
    expect(await refused(NaN, 0, 1, 1)).toContain('has an edge that is no number');
    expect(await refused(0, 0, 400, 300)).toContain('is not in fractions of the picture');
    expect(await refused(0, 0, 1, 1)).toBe('no failure');
  });
});

describe('VOCRecord', () => {
  const withMask = async (channels: 1 | 3, data: Uint8Array): Promise<Buffer> =>
    exampleBytes({
      'image/encoded': [picture],
      'image/filename': ['2007_000032.jpg'],
      'image/segmentation/class/encoded': [
        await sharp(data, { raw: { width: 2, height: 2, channels } })
          .png()
          .toBuffer(),
      ],
    });

  it('gives the mask as label', async () => {
    folder.write('voc.record', recordFileBytes([await withMask(1, Uint8Array.of(0, 15, 255, 1))]));
    const { id, annotation } = await (await open('dataset: {VOCRecord: {root: voc.record}}')).loader.get(0);
    expect(id).toBe('2007_000032.jpg');
    expect(annotation).toEqual({ type: 'uint8', dims: [2, 2], data: Uint8Array.of(0, 15, 255, 1) });
  });

  it('finds a picture that cannot be read by its record', async () => {
    const path = folder.write(
      'torn.tfrecord',
      recordFileBytes([exampleBytes({ 'image/encoded': ['nonsense'], 'image/class/label': [1] })]),
    );
    const { loader } = await open(`dataset: {ImageRecord: ${path}}`);
    await expect((async () => loader.get(0))()).rejects.toMatchObject({ place: `${path}: record 0` });
  });

  it('refuses a mask of colours', async () => {
    const bad = await withMask(3, Uint8Array.of(1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    expect(await sentence(recordFileBytes([bad]), 'VOCRecord')).toContain('its mask is coloured');
  });
});
