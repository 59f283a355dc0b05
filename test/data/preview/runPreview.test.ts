// The first samples of a data set, step by step, and the first that cannot be used.
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { labelText } from '../../../src/data/preview/labelText';
import { runPreview } from '../../../src/data/preview/runPreview';
import { tensorFigures } from '../../../src/data/preview/tensorFigures';
import type { DatasetPreview, PreviewSpec } from '../../../src/protocol/preview';
import { failureOf } from '../../support/failureOf';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
const context = {
  folder: folder.path,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  log: () => undefined,
};
let files = 0;

function preview(text: string, more: Partial<PreviewSpec> = {}): Promise<DatasetPreview> {
  const datasetPath = folder.write(`${files++}.yaml`, text);
  return runPreview({ verb: 'preview', datasetPath, samples: 3, pictureSize: 0, checksAll: false, ...more }, context);
}

beforeAll(async () => {
  const red = await sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  for (const name of ['a/1', 'a/2', 'b/1', 'b/2', 'b/3']) folder.write(`classes/${name}.png`, red);
  folder.write('torn/a/1.png', red);
  folder.write('torn/a/2.png', red.subarray(0, 40));
  folder.write('torn/a/3.png', red);
  folder.write('late/a/1.png', red);
  folder.write('late/a/2.png', red);
  folder.write('late/a/3.png', '');
  const other = await sharp({ create: { width: 5, height: 5, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  folder.write('mixed/a/1.png', red);
  folder.write('mixed/a/2.png', other);
});

describe('a preview', () => {
  it('says what texts say, beside their numbers', async () => {
    folder.write('reviews/dev.tsv', 'sentence\tlabel\na good film\t1\n');
    folder.write('reviews/vocab.json', JSON.stringify({ '[PAD]': 0, '[UNK]': 1, a: 2, good: 3, film: 4 }));
    const glue = 'dataset: {GLUE: {data_dir: reviews, model_name_or_path: reviews, task: sst-2, dynamic_length: true}}';
    const { samples } = await preview(`${glue}\n`);
    expect(samples).toMatchObject([{ text: 'a good film', steps: [{ label: '1' }] }]);
    expect(samples[0]?.steps[0]?.tensors[0]?.firstValues).toEqual(['2', '3', '4']);
  });

  it('shows each sample as it leaves the loader and each transform', async () => {
    const { samples, ...rest } = await preview(
      'dataset: {ImageFolder: classes}\ntransform: {LabelShift: 1, Rescale: {}, Transpose: {perm: [2, 0, 1]}}\nbatch_size: 2\nmetric: {topk: 1}\n',
      { samples: 1 },
    );
    expect(rest).toEqual({
      ...{ loader: 'ImageFolder', length: 5, isEndless: false, isRandom: false, batchSize: 2, metric: 'topk' },
      ...{ notes: [], readable: 1, problem: null },
    });
    const [sample] = samples;
    expect(sample).toMatchObject({ index: 0, id: 'a/1.png', failure: null });
    expect(sample?.steps.map(({ name, label }) => [name, label])).toEqual([
      ['ImageFolder', '0'],
      ['LabelShift', '-1'],
      ['Rescale', '-1'],
      ['Transpose', '-1'],
    ]);
    expect(sample?.steps.map(({ tensors }) => tensors[0])).toMatchObject([
      { name: 'image', type: 'uint8', dims: [10, 20, 3], minimum: 0, maximum: 255, mean: 85 },
      { type: 'uint8' },
      { type: 'float32', dims: [10, 20, 3], maximum: 1 },
      { type: 'float32', dims: [3, 10, 20], firstValues: ['1', '1', '1', '1', '1', '1', '1', '1'] },
    ]);
  });

  it('gives pictures after each step that changes them, small and of the right colours', async () => {
    const { samples } = await preview(
      'dataset: {ImageFolder: classes}\ntransform: {LabelShift: 1, Rescale: {}, Transpose: {perm: [2, 0, 1]}}\n',
      { samples: 1, pictureSize: 10 },
    );
    const pictures = samples[0]?.steps.map(({ picture }) => picture) ?? [];
    expect(pictures.map((picture) => picture && [picture.width, picture.height])).toEqual([
      [10, 5],
      null,
      [10, 5],
      [10, 5],
    ]);
    for (const picture of pictures.filter((one) => one !== null)) {
      const pixels = await sharp(Buffer.from(picture.png, 'base64')).raw().toBuffer();
      expect([...pixels.subarray(0, 3)]).toEqual([255, 0, 0]);
    }
  });

  it('says where boxes are at each step, and draws them into the pictures', async () => {
    const [image, other] = [{ id: 1, file_name: 'a/1.png', width: 20, height: 10 }, { id: 2 }];
    const coco = {
      images: [image, { ...image, ...other, file_name: 'a/2.png' }],
      categories: [{ id: 7, name: 'bus' }],
      annotations: [{ id: 1, image_id: 1, category_id: 7, bbox: [10, 5, 10, 5], area: 50, iscrowd: 0 }],
    };
    folder.write('classes/buses.json', JSON.stringify(coco));
    const { samples } = await preview(
      'dataset: {COCORaw: {root: classes, img_dir: ".", anno_dir: buses.json}}\ntransform: {LabelShift: 0, Letterbox: {height: 40, width: 40, value: 255}}\n',
      { pictureSize: 40 },
    );
    expect(samples.map(({ id, steps }) => [id, steps.map(({ boxes }) => boxes)])).toEqual([
      [
        'a/1.png',
        [
          [{ className: 'bus', top: 0.5, left: 0.5, bottom: 1, right: 1 }],
          [{ className: 'bus', top: 0.5, left: 0.5, bottom: 1, right: 1 }],
          [{ className: 'bus', top: 0.25, left: 0.5, bottom: 0.5, right: 1 }],
        ],
      ],
    ]);
    const last = await sharp(Buffer.from(samples[0]?.steps[2]?.picture?.png ?? '', 'base64'))
      .raw()
      .toBuffer();
    const pixel = (x: number, y: number): number[] => [...last.subarray((y * 40 + x) * 3, (y * 40 + x) * 3 + 3)];
    // The lower right corner of the box, and the red picture beside it.
    expect(pixel(39, 19)).toEqual([230, 159, 0]);
    expect(pixel(5, 5)).toEqual([255, 0, 0]);
  });

  it('shows several pictures of a sample side by side, and a mask in the colours of its classes', async () => {
    const png = async (colour: string): Promise<Buffer> =>
      sharp({ create: { width: 8, height: 8, channels: 3, background: colour } })
        .png()
        .toBuffer();
    folder.write('contents/a.png', await png('#000000'));
    folder.write('styles/b.png', await png('#ffffff'));
    const pixelsOf = async (text: string): Promise<{ width: number; pixels: Buffer }> => {
      const { samples } = await preview(text, { pictureSize: 32 });
      const picture = samples[0]?.steps[0]?.picture;
      return {
        width: picture?.width ?? 0,
        pixels: await sharp(Buffer.from(picture?.png ?? '', 'base64'))
          .raw()
          .toBuffer(),
      };
    };
    const pair =
      'dataset: {style_transfer: {content_folder: contents, style_folder: styles, resize_shape: 8, image_format: png}}';
    const { width, pixels } = await pixelsOf(pair);
    expect([width, pixels[0], pixels[7 * 3], pixels[8 * 3], pixels[15 * 3]]).toEqual([16, 0, 0, 255, 255]);
    folder.write(
      'mask.mjs',
      `const tensor = (dims, values) => ({ type: 'uint8', dims, data: Uint8Array.from(values) });
       const mask = Array.from({ length: 16 }, (_, at) => [0, 1, 255, 7][at % 4]);
       const inputs = { image: tensor([4, 4, 3], Array(48).fill(100)) };
       export default { length: 1, get: () => ({ id: 'm', inputs, annotation: tensor([4, 4], mask) }) };`,
    );
    const masked = await pixelsOf('dataset: {custom: {path: mask.mjs}}');
    // The background stays, half of class 1 is orange, what belongs to no class is white, colours come again.
    expect([...masked.pixels.subarray(0, 12)]).toEqual([100, 100, 100, 165, 130, 50, 255, 255, 255, 165, 130, 50]);
  });

  it('shows items of other loaders, with several inputs, and knows no end where there is none', async () => {
    const result = await preview('dataset: {dummy_v2: {input_shape: [[2, 3], [4]]}}', {
      pictureSize: 64,
      checksAll: true,
    });
    expect(result).toMatchObject({ length: null, isEndless: true, isRandom: true, readable: 3, problem: null });
    expect(result.samples).toHaveLength(3);
    const [step, ...others] = result.samples[2]?.steps ?? [];
    expect(others).toEqual([]);
    expect(step).toMatchObject({ name: 'dummy_v2', picture: null });
    expect(step?.tensors.map(({ name, dims }) => [name, dims])).toEqual([
      ['input_0', [2, 3]],
      ['input_1', [4]],
    ]);
  });

  it('points at a picture that cannot be read, and shows those around it', async () => {
    const { samples, problem, readable } = await preview('dataset: {ImageFolder: torn}', { checksAll: true });
    expect(samples.map(({ id, failure }) => [id, failure?.code])).toEqual([
      ['a/1.png', undefined],
      ['a/2.png', 'data-picture-unreadable'],
      ['a/3.png', undefined],
    ]);
    expect(problem?.place).toBe(join(folder.path, 'torn/a/2.png'));
    expect(readable).toBe(2);
  });

  it('shows how far a sample came that a transform refuses', async () => {
    const { samples, problem } = await preview(
      'dataset: {ImageFolder: classes}\ntransform: {Rescale: {}, CenterCrop: 50}',
    );
    expect(samples[0]?.steps.map(({ name }) => name)).toEqual(['ImageFolder', 'Rescale']);
    expect(samples[0]?.id).toBe('a/1.png');
    expect(problem).toMatchObject({ code: 'data-transform', place: 'transform.CenterCrop' });
  });

  it('finds the first bad sample beyond those shown, only when asked', async () => {
    const text = 'dataset: {ImageFolder: late}';
    expect((await preview(text, { samples: 1 })).problem).toBeNull();
    const checked = await preview(text, { samples: 1, checksAll: true });
    expect(checked).toMatchObject({ readable: 2, problem: { place: join(folder.path, 'late/a/3.png') } });
    expect(await preview('dataset: {ImageFolder: classes}', { samples: 1, checksAll: true })).toMatchObject({
      readable: 5,
      problem: null,
    });
  });

  it('finds samples that cannot be in one batch', async () => {
    const { problem } = await preview('dataset: {ImageFolder: mixed}\nbatch_size: 2', { checksAll: true });
    expect(problem).toMatchObject({ code: 'data-batch-shapes', place: 'a/2.png' });
  });

  it('names the line of a list, and the element of annotations', async () => {
    folder.write('list.txt', 'a/1.png 0\na/2.png zero\n');
    const list = await failureOf(preview('dataset: {ImagenetRaw: {data_path: classes, image_list: list.txt}}'));
    expect(list).toMatchObject({ code: 'data-label-line', place: `${join(folder.path, 'list.txt')}:2` });
    folder.write('torn.txt', 'a/1.png 0\n\na/2.png 5\n');
    const torn = await preview('dataset: {ImagenetRaw: {data_path: torn, image_list: torn.txt}}\nshuffle: true\n');
    expect(torn.problem).toMatchObject({
      code: 'data-picture-unreadable',
      message: expect.stringContaining(join('torn', 'a', '2.png')) as string,
      place: `${join(folder.path, 'torn.txt')}:3`,
    });
    const unread = torn.samples.find(({ failure }) => failure !== null);
    expect(unread).toMatchObject({ id: 'a/2.png', steps: [{ name: 'ImagenetRaw', label: '5', tensors: [] }] });
    const boxes = { images: [], categories: [], annotations: [{ image_id: 1, category_id: 7, bbox: [0, 0, 1, 1] }] };
    folder.write('coco/boxes.json', JSON.stringify(boxes));
    const annotations = await failureOf(preview('dataset: {COCORaw: {root: coco, anno_dir: boxes.json}}'));
    expect(annotations.place).toContain('annotations[0].category_id');
  });

  it('stops when it is told to', async () => {
    const stopped = { ...context, signal: AbortSignal.abort(new Error('stopped')) };
    const datasetPath = folder.write('stop.yaml', 'dataset: {ImageFolder: classes}');
    const spec = { verb: 'preview', datasetPath, samples: 1, pictureSize: 0, checksAll: false } as const;
    await expect(runPreview(spec, stopped)).rejects.toThrow('stopped');
  });
});

describe('figures of a tensor', () => {
  it('are over what is finite', () => {
    const tensor = { type: 'float32', dims: [4], data: Float32Array.of(NaN, -1, Infinity, 2) } as const;
    expect(tensorFigures('x', tensor)).toMatchObject({ minimum: -1, maximum: 2, mean: 0.5, notFinite: 2 });
    const empty = { type: 'float32', dims: [0], data: new Float32Array(0) } as const;
    expect(tensorFigures('x', empty)).toMatchObject({ minimum: null, mean: null, notFinite: 0, firstValues: [] });
  });

  it('know text, half floats and 64-bit integers', () => {
    expect(tensorFigures('t', { type: 'string', dims: [2], data: ['to be', 'or'] })).toMatchObject({
      minimum: null,
      firstValues: ['to be', 'or'],
    });
    const half = { type: 'float16', dims: [1], data: Uint16Array.of(0x3c00) } as const;
    expect(tensorFigures('h', half)).toMatchObject({ minimum: 1, firstValues: ['1'] });
    const long = { type: 'int64', dims: [2], data: BigInt64Array.of(-3n, 5n) } as const;
    expect(tensorFigures('l', long)).toMatchObject({ minimum: -3, maximum: 5, mean: 1 });
  });
});

describe('a label in words', () => {
  it.each([
    [undefined, ''],
    [3, '3'],
    ['cat', 'cat'],
    [[1, [2, 3]], '[1, [2, 3]]'],
    [Float32Array.of(0.1, 2), '0.1, 2'],
    [{ type: 'int64', dims: [1], data: BigInt64Array.of(4n) }, 'int64 [1]: 4'],
    [{ answer: 5n }, '{"answer":"5"}'],
    [
      [
        [
          [0, 0, 1, 1],
          [0, 0, 1, 1],
        ],
        ['dog', 'dog'],
        [1, 1],
        7,
      ],
      '2 boxes: dog',
    ],
    [[[[0, 0, 1, 1]], [], [18], 'a.jpg'], '1 box: 18'],
    [[[], [], [], 'a.jpg'], 'no boxes'],
    [{ type: 'uint8', dims: [2, 2], data: Uint8Array.of(15, 255, 0, 15) }, 'uint8 [2, 2]: of 0, 15, 255'],
    [{ question: 'q1', context: 'a b', answers: ['a', 'b', 'a'], spans: [null, [0, 1]] }, '"a" or "b"'],
    ['x'.repeat(300), `${'x'.repeat(200)}…`],
  ])('case %#', (label, text) => {
    expect(labelText(label)).toBe(text);
  });
});
