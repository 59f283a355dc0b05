// Each transform on samples small enough to work out by hand, and what it says to samples it cannot take.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTransforms } from '../../../src/data/transforms/registry';
import type { Tensor } from '../../../src/onnx/tensor';
import { apply, counting, floats, sampleOf, withDefaults } from './samples';

const imageOf = (name: string, parameters: Record<string, unknown>, image: Tensor): Tensor =>
  apply(name, parameters, sampleOf(image)).image;
const dimsOf = (name: string, parameters: Record<string, unknown>, image: Tensor): readonly number[] =>
  imageOf(name, parameters, image).dims;
const size = fc.integer({ min: 1, max: 12 });

describe('crops', () => {
  it('CenterCrop leaves the odd pixel at the bottom and right', () => {
    const { dims, data } = imageOf('CenterCrop', { size: [2, 2] }, counting(5, 3));
    expect(dims).toEqual([2, 2]);
    expect([...data]).toEqual([3, 4, 6, 7]);
  });

  it('CropToBoundingBox reads offsets as row and column', () => {
    const parameters = { offset_height: 1, offset_width: 2, target_height: 2, target_width: 1 };
    expect([...imageOf('CropToBoundingBox', parameters, counting(3, 4, 1)).data]).toEqual([6, 10]);
  });

  it('a size of two numbers is height, then width', () => {
    expect(dimsOf('CenterCrop', { size: [2, 4] }, counting(5, 6, 3))).toEqual([2, 4, 3]);
    expect(dimsOf('Resize', { size: [2, 4] }, counting(5, 6, 3))).toEqual([2, 4, 3]);
    expect(dimsOf('RandomCrop', { size: [2, 4] }, counting(5, 6, 3))).toEqual([2, 4, 3]);
  });

  it('a crop takes away what Pad added', () => {
    const property = fc.property(size, size, size, size, size, size, (height, width, top, bottom, left, right) => {
      const padded = apply('Pad', { top, bottom, left, right, value: [7] }, sampleOf(counting(height, width, 2)));
      expect(padded.image.dims).toEqual([height + top + bottom, width + left + right, 2]);
      const box = { offset_height: top, offset_width: left, target_height: height, target_width: width };
      expect(apply('CropToBoundingBox', box, padded).image).toEqual(counting(height, width, 2));
    });
    fc.assert(property, { numRuns: 40 });
  });
});

describe('resizes', () => {
  it('Resize gives a grey picture a channel axis', () => {
    expect(dimsOf('Resize', { size: [4] }, counting(3, 5))).toEqual([4, 4, 1]);
  });

  it('ResizeShortSide always gives the short side its length', () => {
    const lengths = fc.integer({ min: 1, max: 700 });
    const property = fc.property(lengths, lengths, fc.integer({ min: 1, max: 20 }), (a, b, side) => {
      fc.pre(Math.max(a, b) / Math.min(a, b) < 20);
      const [height = 0, width = 0] = dimsOf(
        'ResizeShortSide',
        { size: side, interpolation: 'nearest' },
        counting(a, b, 1),
      );
      expect(Math.min(height, width)).toBe(side);
      expect(Math.max(height, width)).toBe(Math.floor((side * Math.max(a, b)) / Math.min(a, b)));
    });
    fc.assert(property, { numRuns: 40 });
  });

  it('ResizeCropImagenet does not lose a pixel of the short side to rounding', () => {
    // 256 / 375 · 375 is a little less than 256 in floating point for some lengths; the crop needs all of them.
    for (const side of [49, 107, 187, 375]) {
      const parameters = { height: 98, width: 98, resize_side: 98 };
      expect(dimsOf('ResizeCropImagenet', parameters, counting(side, side * 2, 3))).toEqual([3, 98, 98]);
    }
  });

  it('ResizeCropImagenet repeats grey to three channels and takes channels-first pictures', () => {
    const grey = imageOf('ResizeCropImagenet', { height: 2, width: 2, resize_side: 2, std_value: [1] }, counting(2, 2));
    expect(grey.dims).toEqual([3, 2, 2]);
    expect([...grey.data]).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3].map((value) => Math.fround(value / 255)));
    const parameters = { height: 3, width: 2, resize_side: 4 };
    const picture = counting(6, 4, 3);
    const first = imageOf('Transpose', { perm: [2, 0, 1] }, picture);
    expect(imageOf('ResizeCropImagenet', { ...parameters, data_format: 'channels_first' }, first)).toEqual(
      imageOf('ResizeCropImagenet', parameters, picture),
    );
  });

  it('Letterbox fits exactly along the side that limits', () => {
    const property = fc.property(size, size, size, size, (height, width, toHeight, toWidth) => {
      const parameters = { height: toHeight, width: toWidth, value: [255] };
      const { dims, data } = imageOf('Letterbox', parameters, {
        ...counting(height, width, 1),
        data: new Uint8Array(height * width),
      });
      expect(dims).toEqual([toHeight, toWidth, 1]);
      const isInside = (index: number): boolean => data[index] === 0;
      const rows = Array.from({ length: toHeight }, (_, row) => isInside(row * toWidth)).filter(Boolean).length;
      const columns = Array.from({ length: toWidth }, (_, column) => isInside(column)).filter(Boolean).length;
      expect(rows === toHeight || columns === toWidth).toBe(true);
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('ResizeWithRatio enlarges only, and keeps within max_dim', () => {
    const parameters = { min_dim: 8, max_dim: 20 };
    expect(dimsOf('ResizeWithRatio', parameters, counting(4, 6, 3))).toEqual([8, 12, 3]);
    expect(dimsOf('ResizeWithRatio', parameters, counting(9, 12, 3))).toEqual([9, 12, 3]);
    expect(dimsOf('ResizeWithRatio', parameters, counting(4, 20, 3))).toEqual([4, 20, 3]);
    expect(dimsOf('ResizeWithRatio', { min_dim: 0, max_dim: 0 }, counting(4, 20, 3))).toEqual([4, 20, 3]);
  });
});

describe('boxes of a detection label', () => {
  const label = [[[0, 0.25, 0.5, 1]], ['cat'], [], '1.jpg'];
  const boxesAfter = (name: string, parameters: Record<string, unknown>, image: Tensor): unknown =>
    (apply(name, parameters, sampleOf(image, label)).label as unknown[])[0];

  it('move with the padding of ResizeWithRatio, Letterbox and Pad', () => {
    const ratio = { min_dim: 4, max_dim: 8, padding: true };
    expect(boxesAfter('ResizeWithRatio', ratio, counting(4, 8, 3))).toEqual([[0.25, 0.25, 0.5, 1]]);
    const frame = { height: 8, width: 8 };
    expect(boxesAfter('Letterbox', frame, counting(4, 8, 3))).toEqual([[0, 0.25, 0.25, 1]]);
    expect(boxesAfter('Letterbox', { ...frame, position: 'center' }, counting(4, 8, 3))).toEqual([
      [0.25, 0.25, 0.5, 1],
    ]);
    expect(boxesAfter('Pad', { left: 4 }, counting(2, 4, 3))).toEqual([[0, 0.625, 0.5, 1]]);
  });

  it('are mirrored with the picture', () => {
    const flipped = (name: string): unknown[] =>
      Array.from({ length: 20 }, (_, index) => {
        const { label: after } = apply(name, {}, sampleOf(counting(2, 2, 3), label, `${index}.png`));
        return (after as unknown[])[0];
      });
    expect(flipped('RandomHorizontalFlip')).toContainEqual([[0, 0, 0.5, 0.75]]);
    expect(flipped('RandomVerticalFlip')).toContainEqual([[0.5, 0.25, 1, 1]]);
  });

  it('stay where only the size changes', () => {
    expect(boxesAfter('Resize', { size: [4] }, counting(2, 4, 3))).toEqual(label[0]);
  });

  it('leave a class index, and lists of something else, alone', () => {
    for (const other of [3, [1, 2], [[1, 2, 3, 4]], 'text', undefined]) {
      expect(apply('Pad', { padding: 1 }, sampleOf(counting(2, 2, 3), other)).label).toEqual(other);
    }
  });
});

describe('values', () => {
  it('Rescale and Normalize round each step to single precision', () => {
    const rescaled = apply('Rescale', {}, sampleOf(counting(1, 2, 3)));
    expect([...rescaled.image.data]).toEqual([0, 1, 2, 3, 4, 5].map((value) => Math.fround(value / 255)));
    const { data } = apply('Normalize', { mean: [0.485], std: [0.229] }, rescaled).image;
    const [mean, std] = [Math.fround(0.485), Math.fround(0.229)];
    expect(data[5]).toBe(Math.fround(Math.fround(Math.fround(5 / 255) - mean) / std));
  });

  it('Normalize takes one number for all channels, or one for each', () => {
    const picture = floats([1, 2, 2], [1, 2, 3, 4]);
    expect([...imageOf('Normalize', { mean: [1], std: [2] }, picture).data]).toEqual([0, 0.5, 1, 1.5]);
    expect([...imageOf('Normalize', { mean: [1, 2], std: [2] }, picture).data]).toEqual([0, 0, 1, 1]);
  });

  it('work on features, numbers and token ids', () => {
    expect([...imageOf('Normalize', { mean: [1, 2, 3], std: [1] }, floats([3], [1, 3, 5])).data]).toEqual([0, 1, 2]);
    expect([...imageOf('Rescale', {}, floats([], [255])).data]).toEqual([1]);
    const ids: Tensor = { type: 'int64', dims: [2, 2], data: BigInt64Array.of(1n, -2n, 3n, 4n) };
    expect(imageOf('Transpose', { perm: [1, 0] }, ids).data).toEqual(BigInt64Array.of(1n, 3n, -2n, 4n));
    expect(imageOf('ExpandDims', { axis: 0 }, ids).dims).toEqual([1, 2, 2]);
    expect(imageOf('Cast', { dtype: 'int32' }, ids).data).toEqual(Int32Array.of(1, -2, 3, 4));
    expect(imageOf('Cast', { dtype: 'uint64' }, ids).data).toEqual(BigUint64Array.of(1n, 2n ** 64n - 2n, 3n, 4n));
  });

  it('Cast reads float16 bit patterns as the numbers they are', () => {
    const halves: Tensor = { type: 'float16', dims: [2], data: Uint16Array.of(0x3c00, 0xc100) };
    expect([...imageOf('Cast', { dtype: 'float32' }, halves).data]).toEqual([1, -2.5]);
    expect([...imageOf('Rescale', {}, halves).data]).toEqual([Math.fround(1 / 255), Math.fround(-2.5 / 255)]);
  });

  it('Cast makes 0 of what is no number', () => {
    const odd = floats([3], [NaN, Infinity, -Infinity]);
    expect([...imageOf('Cast', { dtype: 'int64' }, odd).data]).toEqual([0n, 0n, 0n]);
    expect([...imageOf('Cast', { dtype: 'uint8' }, odd).data]).toEqual([0, 0, 0]);
  });
});

describe('axes and channels', () => {
  it('Transpose back gives the sample again, for every element type', () => {
    const types = ['uint8', 'float32', 'float64', 'int64', 'float16'] as const;
    const property = fc.property(size, size, size, fc.constantFrom(...types), (a, b, c, dtype) => {
      const cube = imageOf('Cast', { dtype }, counting(a, b, c));
      const there = imageOf('Transpose', { perm: [2, 0, 1] }, cube);
      expect(there.dims).toEqual([c, a, b]);
      expect(imageOf('Transpose', { perm: [1, 2, 0] }, there)).toEqual(cube);
    });
    fc.assert(property, { numRuns: 40 });
  });

  it('Transpose puts channels first', () => {
    expect([...imageOf('Transpose', { perm: [2, 0, 1] }, counting(1, 2, 3)).data]).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it('ExpandDims counts from either end', () => {
    expect(dimsOf('ExpandDims', { axis: -1 }, counting(2, 3))).toEqual([2, 3, 1]);
    expect(dimsOf('ExpandDims', { axis: 1 }, counting(2, 3))).toEqual([2, 1, 3]);
  });

  it('ChannelSwap swaps the first and third channel and is its own inverse', () => {
    expect([...imageOf('ChannelSwap', {}, counting(1, 2, 3)).data]).toEqual([2, 1, 0, 5, 4, 3]);
    expect([...imageOf('ChannelSwap', {}, counting(1, 2, 4)).data]).toEqual([2, 1, 0, 3, 6, 5, 4, 7]);
    const twice = buildTransforms([withDefaults('ChannelSwap'), withDefaults('ChannelSwap')]);
    expect(twice(sampleOf(counting(3, 2, 4))).image).toEqual(counting(3, 2, 4));
  });

  it('AlignImageChannel repeats grey, drops transparency, makes grey', () => {
    expect([...imageOf('AlignImageChannel', { dim: 3 }, counting(1, 2)).data]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(dimsOf('AlignImageChannel', { dim: 1 }, counting(2, 3))).toEqual([2, 3, 1]);
    expect([...imageOf('AlignImageChannel', { dim: 2 }, counting(1, 2, 1)).data]).toEqual([0, 0, 1, 1]);
    expect([...imageOf('AlignImageChannel', { dim: 3 }, counting(1, 2, 4)).data]).toEqual([0, 1, 2, 4, 5, 6]);
    expect(imageOf('AlignImageChannel', { dim: 1 }, floats([1, 1, 3], [1, 1, 1])).data[0]).toBeCloseTo(1);
  });

  it('ToArray gives the sample back', () => {
    const sample = sampleOf(counting(2, 2, 3));
    expect(apply('ToArray', {}, sample)).toEqual(sample);
  });
});

describe('LabelShift', () => {
  it('subtracts from numbers, lists and one-element tensors', () => {
    const shifted = (label: unknown): unknown =>
      apply('LabelShift', { label_shift: 1 }, sampleOf(counting(1), label)).label;
    expect(shifted(5)).toBe(4);
    expect(shifted(5n)).toBe(4n);
    expect(shifted([1, [2]])).toEqual([0, [1]]);
    expect(shifted({ type: 'int64', dims: [1], data: BigInt64Array.of(3n) })).toBe(2);
    expect(shifted(undefined)).toBeUndefined();
  });
});

describe('a list of transforms', () => {
  it('leaves the given sample as it was', () => {
    const sample = sampleOf(counting(6, 6, 3), 4);
    const list = ['Pad', 'RandomHorizontalFlip', 'ChannelSwap', 'Rescale', 'Normalize'].map((name) =>
      withDefaults(name),
    );
    buildTransforms([...list, withDefaults('LabelShift', { label_shift: 2 })])(sample);
    expect(sample).toEqual(sampleOf(counting(6, 6, 3), 4));
  });

  it('is done in order', () => {
    const list = [withDefaults('Transpose', { perm: [2, 0, 1] }), withDefaults('ExpandDims')];
    expect(buildTransforms(list)(sampleOf(counting(4, 5, 3))).image.dims).toEqual([1, 3, 4, 5]);
  });
});

describe('what does not fit', () => {
  const small = counting(4, 6, 3);
  const text: Tensor = { type: 'string', dims: [1], data: ['a'] };
  const chw = counting(3, 20, 20);
  const cases: [name: string, parameters: Record<string, unknown>, image: Tensor, says: RegExp, next: RegExp][] = [
    ['CenterCrop', { size: [5] }, small, /crop of 5 × 5 is larger than the picture of 4 × 6/, /Resize/],
    ['RandomCrop', { size: [1, 7] }, small, /crop of 1 × 7 is larger than the picture of 4 × 6/, /Resize/],
    ['CropToBoundingBox', { offset_height: 3, target_height: 2, target_width: 1 }, small, /over the edge/, /inside/],
    ['CropResize', { x: 5, y: 0, width: 2, height: 1, size: [2] }, small, /1 × 2 at row 0, column 5/, /inside/],
    ['ResizeCropImagenet', { height: 9, width: 8, resize_side: 8 }, small, /crop of 9 × 8 is larger/, /smaller crop/],
    ['Resize', { size: [8] }, chw, /3 × 20 × 20, which has its channels first/, /before Transpose/],
    ['RandomHorizontalFlip', {}, counting(7), /sample of 7/, /Take the transform out/],
    ['Resize', { size: [65536] }, small, /65536 × 65536 pixels/, /smaller size/],
    ['ResizeWithAspectRatio', { height: 1, width: 1, scale: 900 }, small, /0 × 0 pixels/, /at least one pixel/],
    ['Resize', { size: [8] }, { type: 'int32', dims: [2, 2], data: new Int32Array(4) }, /got int32/, /before Cast/],
    ['Resize', { size: [8] }, counting(0, 4, 3), /picture is empty \(0 × 4 × 3\)/, /Take the picture out/],
    ['Normalize', { mean: [1, 2] }, small, /mean has 2 values, and the last axis.*4 × 6 × 3.*has 3/, /one mean/],
    ['Transpose', { perm: [2, 0, 1] }, counting(4, 6), /perm has 3 axes, and the sample \(4 × 6\) has 2/, /AlignImage/],
    ['ExpandDims', { axis: 4 }, small, /axis is 4, and the result has 4 axes/, /-4 to 3/],
    ['ChannelSwap', {}, counting(2, 2), /3 or 4 channels/, /AlignImageChannel/],
    ['AlignImageChannel', { dim: 4 }, small, /cannot make 4 of 3 channels/, /dim/],
    ['Pad', { padding: 1, value: [1, 2] }, small, /2 fill values for a picture of 3 channels/, /one value, or 3/],
    ['Pad', { padding: 1, value: [0.5] }, small, /0.5 does not fit a picture of uint8/, /whole numbers/],
    ['Cast', {}, text, /holds text/, /Take out/],
  ];
  for (const [name, parameters, image, says, next] of cases) {
    it(`${name} says so: ${says.source}`, () => {
      const run = (): unknown => imageOf(name, parameters, image);
      expect(run).toThrow(says);
      expect(run).toThrow(new RegExp(`^The transform ${name} cannot be applied to a\\.png: `));
      const nextStep: unknown = expect.stringMatching(next);
      expect(run).toThrow(expect.objectContaining({ code: 'data-transform', place: `transform.${name}`, nextStep }));
    });
  }

  it('LabelShift names the label it cannot shift', () => {
    const run = (): unknown => apply('LabelShift', {}, sampleOf(small, 'cat'));
    expect(run).toThrow(/a number or a list of numbers, and got the text "cat"/);
  });

  const contradictions: [name: string, parameters: Record<string, unknown>, says: RegExp][] = [
    ['Transpose', { perm: [0, 0, 1] }, /\[0, 0, 1\]/],
    ['RandomResizedCrop', { size: [4], scale: [1, 0.5] }, /scale is \[1, 0.5\]/],
    ['ResizeWithRatio', { max_dim: 0, padding: true }, /max_dim is 0/],
  ];
  for (const [name, parameters, says] of contradictions) {
    it(`${name} refuses ${JSON.stringify(parameters)} before any sample is read`, () => {
      const build = (): unknown => buildTransforms([withDefaults(name, parameters)]);
      expect(build).toThrow(says);
      expect(build).toThrow(expect.objectContaining({ code: 'data-transform-parameters', place: `transform.${name}` }));
    });
  }

  it('a name that does not exist gets the nearest one as advice', () => {
    const build = (): unknown => buildTransforms([{ name: 'CentreCrop', parameters: {} }]);
    expect(build).toThrow(
      expect.objectContaining({ code: 'data-transform-unknown', nextStep: 'Did you mean CenterCrop?' }),
    );
    expect(() => buildTransforms([{ name: 'constructor', parameters: {} }])).toThrow(/no transform "constructor"/);
  });
});
