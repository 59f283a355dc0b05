// The loaders of pictures with boxes: COCORaw, COCONpy, VOC, and the filter LabelBalance.
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseDatasetFile } from '../../../../src/config/datasetFile';
import type { DetectionLabel } from '../../../../src/data/detectionLabel';
import { openDatasetConfig } from '../../../../src/data/openDataset';
import type { OpenedDataset } from '../../../../src/data/openDataset';
import { temporaryFolder } from '../../../support/temporaryFolder';

const folder = temporaryFolder();

async function jpeg(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
}

function npy(height: number, width: number, descr = '|u1'): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${height}, ${width}, 3), }`;
  const prefix = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  const bytes = descr === '|u1' ? 1 : 4;
  return Buffer.concat([prefix, Buffer.from(header), Buffer.alloc(height * width * 3 * bytes, 7)]);
}

const annotations = {
  images: [
    { id: 2, file_name: 'two.jpg' },
    { id: 1, file_name: 'one.jpg' },
    { id: 3, file_name: 'empty.jpg' },
    { id: 4, file_name: 'lost.jpg' },
  ],
  categories: [
    { id: 9, name: 'cat' },
    { id: 5, name: 'dog' },
  ],
  annotations: [
    { image_id: 2, category_id: 9, bbox: [10, 5, 20, 10], area: 150, iscrowd: 0 },
    { image_id: 2, category_id: 5, bbox: [0, 0, 40, 20], iscrowd: 1 },
    { image_id: 1, category_id: 5, bbox: [0, 0, 5, 5], area: 25 },
    { image_id: 4, category_id: 5, bbox: [0, 0, 5, 5] },
  ],
};

beforeAll(async () => {
  folder.write('coco/val2017/two.jpg', await jpeg(40, 20));
  folder.write('coco/val2017/one.jpg', await jpeg(10, 10));
  folder.write('coco/val2017/empty.jpg', await jpeg(10, 10));
  folder.write('coco/annotations/instances_val2017.json', JSON.stringify(annotations));
  folder.write('coco/arrays/two.npy', npy(20, 40));
  folder.write('coco/arrays/one.npy', npy(10, 10, '<f4'));
  folder.write('voc/ImageSets/Main/val.txt', 'a -1\nb  1\n');
  folder.write('voc/JPEGImages/a.jpg', await jpeg(100, 50));
  folder.write('voc/JPEGImages/b.jpg', await jpeg(10, 10));
  folder.write(
    'voc/Annotations/a.xml',
    '<annotation><object><name>dog</name><difficult>1</difficult><bndbox><xmin>11</xmin><ymin>6</ymin><xmax>30</xmax><ymax>25</ymax></bndbox></object></annotation>',
  );
  folder.write('voc/Annotations/b.xml', '<annotation></annotation>');
});

async function open(text: string): Promise<OpenedDataset> {
  return openDatasetConfig(parseDatasetFile(text, join(folder.path, 'DATASET.yaml')));
}

async function refusal(text: string): Promise<string> {
  return open(text).then(
    () => 'no refusal',
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  );
}

async function labelOf({ loader }: OpenedDataset, index: number): Promise<DetectionLabel> {
  return (await loader.get(index)).annotation as DetectionLabel;
}

/** An annotation whose box ends at 5, 5. */
function boxed(xmin: number, ymin: number | string): string {
  const box = `<xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>5</xmax><ymax>5</ymax>`;
  return `<annotation><object><name>dog</name><bndbox>${box}</bndbox></object></annotation>`;
}

describe('COCORaw', () => {
  it('gives boxes as fractions, names, ids, the id of the picture, and what an evaluation asks for', async () => {
    const dataset = await open('dataset: {COCORaw: {root: coco}}');
    expect(dataset.loader.length).toBe(2);
    expect(dataset.notes.join(' ')).toMatch(
      /^Of 4 pictures of .*, 1 has no box and was left out. Of 3 pictures of .*, 1 is missing and was left/,
    );
    const [boxes, names, ids, picture, details] = await labelOf(dataset, 0);
    expect(boxes).toEqual([
      [5 / 20, 10 / 40, 15 / 20, 30 / 40],
      [0, 0, 1, 1],
    ]);
    expect([names, ids, picture]).toEqual([['cat', 'dog'], [9, 5], 2]);
    expect(details).toMatchObject({ height: 20, width: 40, areas: [150, 800], crowds: [false, true] });
    expect(details?.categories?.map(({ id }) => id)).toEqual([5, 9]);
  });

  it('keeps pictures without boxes when it is told to', async () => {
    expect((await open('dataset: {COCORaw: {root: coco, keep_unlabelled: true}}')).loader.length).toBe(3);
  });

  it('moves boxes, and where the picture lies, with Letterbox', async () => {
    const dataset = await open('dataset: {COCORaw: coco}\ntransform: {Letterbox: {height: 80, width: 80}}');
    const [boxes, , , , details] = await labelOf(dataset, 0);
    expect(details?.frame).toEqual([0, 0, 0.5, 1]);
    expect(boxes[1]).toEqual([0, 0, 0.5, 1]);
  });

  it('keeps pictures with so many boxes for LabelBalance, or says that there are none', async () => {
    const dataset = await open('dataset: {COCORaw: coco}\nfilter: {LabelBalance: 1}');
    expect(dataset.loader.length).toBe(1);
    expect((await dataset.loader.get(0)).id).toBe('one.jpg');
    const none = 'dataset: {COCORaw: coco}\nfilter: {LabelBalance: {size: 7}}';
    expect(await refusal(none)).toBe('None of the 2 pictures has exactly 7 boxes.');
  });

  it('refuses transforms that would cut boxes', async () => {
    const dataset = await open('dataset: {COCORaw: coco}\ntransform: {CenterCrop: 4}');
    await expect(dataset.loader.get(0)).rejects.toThrow('boxes of its label would not fit');
  });

  it.each([
    ['[1]', 'it holds no object'],
    ['{"images": [', 'is no JSON: it ends too early'],
    ['{"images": [\n{"id": 1,,}\n', 'it has a mistake in line 2.'],
    ['{"images": [\n\n{"id": }\n', 'it has a mistake in line 3.'],
    [JSON.stringify({ ...annotations, categories: undefined }), 'no list "categories"'],
    [JSON.stringify({ ...annotations, annotations: [{ image_id: 1, category_id: 8 }] }), 'annotations[0].category_id'],
    [
      JSON.stringify({ ...annotations, annotations: [{ image_id: 1, category_id: 9, bbox: [1, 2, 3] }] }),
      'annotations[0].bbox',
    ],
    [JSON.stringify({ ...annotations, images: [{ id: 1, file_name: 7 }] }), 'images[0].file_name'],
    [JSON.stringify({ ...annotations, annotations: [] }), 'no picture with a box'],
  ])('says what is wrong with %s', async (text, expected) => {
    folder.write('coco/annotations/bad.json', text);
    expect(await refusal('dataset: {COCORaw: {root: coco, anno_dir: annotations/bad.json}}')).toContain(expected);
  });

  it('says where it looked when every picture is missing', async () => {
    const message = await refusal('dataset: {COCORaw: {root: coco, img_dir: elsewhere}}');
    expect(message).toContain('None of the 3 images');
  });
});

describe('COCONpy', () => {
  it('reads arrays as pictures, and refuses those of other types', async () => {
    const dataset = await open('dataset: {COCONpy: {root: coco, npy_dir: arrays}}');
    const { inputs } = await dataset.loader.get(0);
    expect(inputs['image']).toMatchObject({ type: 'uint8', dims: [20, 40, 3] });
    await expect(dataset.loader.get(1)).rejects.toMatchObject({
      message: expect.stringContaining('holds float32 [10, 10, 3], not uint8') as string,
      place: expect.stringMatching(/\.json: images\[\d\]$/) as string,
    });
  });

  it('reads arrays named like the whole picture, as the original has them, once each', async () => {
    for (const name of ['two.npy', 'two.jpg.npy', 'one.jpg.npy']) folder.write(`coco/named/${name}`, npy(2, 3));
    const dataset = await open('dataset: {COCONpy: {root: coco, npy_dir: named}}');
    expect(dataset.loader.length).toBe(2);
    expect((await dataset.loader.get(1)).inputs['image']?.dims).toEqual([2, 3, 3]);
  });
});

describe('VOC', () => {
  it('takes pictures of other kinds where the annotation says so', async () => {
    folder.write('png/ImageSets/Main/val.txt', 'a\n');
    folder.write(
      'png/JPEGImages/a.png',
      await sharp(await jpeg(4, 4))
        .png()
        .toBuffer(),
    );
    const box = '<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>';
    const object = `<object><name>dog</name>${box}</object>`;
    folder.write('png/Annotations/a.xml', `<annotation><filename>shot.PNG</filename>${object}</annotation>`);
    expect(await refusal('dataset: {VOC: {root: png}}')).toContain('None of the 1 images');
    folder.write('png/Annotations/a.xml', `<annotation><filename>shot.png</filename>${object}</annotation>`);
    expect((await (await open('dataset: {VOC: {root: png}}')).loader.get(0)).id).toBe('a.png');
  });

  it('names the line of the list for a picture that cannot be read', async () => {
    folder.write('voc/ImageSets/Main/torn.txt', '\ntorn 1\n');
    folder.write('voc/Annotations/torn.xml', '<annotation/>');
    folder.write('voc/JPEGImages/torn.jpg', 'no picture');
    const dataset = await open('dataset: {VOC: {root: voc, image_set: torn, keep_unlabelled: true}}');
    await expect(dataset.loader.get(0)).rejects.toMatchObject({
      code: 'data-picture-unreadable',
      place: `${join(folder.path, 'voc/ImageSets/Main/torn.txt')}:2`,
    });
  });

  it('counts pixels from 1, and ignores difficult boxes', async () => {
    const dataset = await open('dataset: {VOC: {root: voc}}');
    const [boxes, names, ids, picture, details] = await labelOf(dataset, 0);
    expect(boxes).toEqual([[5 / 50, 10 / 100, 25 / 50, 30 / 100]]);
    expect([names, ids, picture, details?.ignored]).toEqual([['dog'], [12], 'a', [true]]);
    expect(dataset.loader.length).toBe(1);
  });

  it.each([
    ['<annotation><object><name>dog</name></object></annotation>', 'object[0]'],
    ['<annotation><object>', 'is no XML'],
    [boxed(9, 'x'), 'ymin of its bndbox is "x", not a number'],
    [boxed(9, 1), 'its bndbox ends left of where it begins'],
    [boxed(1, 9), 'its bndbox ends above where it begins'],
  ])('names the annotation that cannot be used: %s', async (text, expected) => {
    folder.write('voc/ImageSets/Main/bad.txt', 'bad\n');
    folder.write('voc/Annotations/bad.xml', text);
    expect(await refusal('dataset: {VOC: {root: voc, image_set: bad}}')).toContain(expected);
  });
});
