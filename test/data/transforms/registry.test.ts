// The dictionary and the code agree: the same names, and every parameter and default does what it says.
import { describe, expect, it } from 'vitest';
import { buildTransforms, transformNames } from '../../../src/data/transforms/registry';
import { transformEntries } from '../../../src/dictionary/transforms';
import { apply, counting, sampleOf } from './samples';

/**
 * For each transform the parameters it needs, and for each optional one: the documented default (undefined: none) and
 * another value that has to change the result for at least one of the samples.
 */
const documented: Record<
  string,
  {
    required?: Record<string, [value: unknown, other: unknown]>;
    optional?: Record<string, [standard: unknown, other: unknown]>;
  }
> = {
  Resize: { required: { size: [[5], [6]] }, optional: { interpolation: ['bilinear', 'nearest'] } },
  ResizeShortSide: { required: { size: [5, 6] }, optional: { interpolation: ['bilinear', 'nearest'] } },
  ResizeWithAspectRatio: {
    required: { height: [4, 6], width: [4, 6] },
    optional: { scale: [87.5, 50], inter_pol: ['AREA', 'LINEAR'] },
  },
  ResizeWithRatio: {
    optional: {
      min_dim: [800, 900],
      max_dim: [1365, 820],
      padding: [false, true],
      constant_value: [[0], [7]],
    },
  },
  Letterbox: {
    required: { height: [12, 9], width: [12, 9] },
    optional: { value: [[114], [7]], position: ['topLeft', 'center'], interpolation: ['bilinear', 'nearest'] },
  },
  CenterCrop: { required: { size: [[5], [6]] } },
  CropToBoundingBox: {
    required: { target_height: [2, 3], target_width: [2, 3] },
    optional: { offset_height: [0, 1], offset_width: [0, 1] },
  },
  CropResize: {
    required: { x: [1, 2], y: [1, 2], width: [5, 6], height: [5, 6], size: [[3], [4]] },
    optional: { interpolation: ['bilinear', 'nearest'] },
  },
  ResizeCropImagenet: {
    required: { height: [5, 6], width: [5, 6] },
    optional: {
      random_crop: [false, true],
      resize_side: [256, 30],
      mean_value: [
        [0, 0, 0],
        [1, 1, 1],
      ],
      std_value: [[0.229, 0.224, 0.225], [1]],
      resize_method: ['bilinear', 'nearest'],
      data_format: ['channels_last', 'channels_first'],
      subpixels: ['RGB', 'BGR'],
      scale: [1, 2],
      random_flip_left_right: [false, true],
      seed: [9527, 1],
    },
  },
  Rescale: {},
  Normalize: { optional: { mean: [[0], [1]], std: [[1], [2]] } },
  Cast: { optional: { dtype: ['float32', 'int32'] } },
  Transpose: {
    required: {
      perm: [
        [2, 0, 1],
        [0, 2, 1],
      ],
    },
  },
  ExpandDims: { optional: { axis: [0, 1] } },
  ChannelSwap: {},
  AlignImageChannel: { optional: { dim: [3, 1] } },
  Pad: {
    optional: {
      padding: [0, 1],
      top: [undefined, 1],
      bottom: [undefined, 1],
      left: [undefined, 1],
      right: [undefined, 1],
      value: [[0], [7]],
    },
  },
  RandomCrop: { required: { size: [[5], [6]] }, optional: { seed: [9527, 1] } },
  RandomResizedCrop: {
    required: { size: [[5], [6]] },
    optional: {
      scale: [
        [0.08, 1],
        [0.9, 1],
      ],
      ratio: [
        [3 / 4, 4 / 3],
        [1, 1],
      ],
      interpolation: ['bilinear', 'nearest'],
      seed: [9527, 1],
    },
  },
  RandomHorizontalFlip: { optional: { seed: [9527, 1] } },
  RandomVerticalFlip: { optional: { seed: [9527, 1] } },
  ToArray: {},
  LabelShift: { optional: { label_shift: [0, 1] } },
};

/** Some options show only beside others: random ones with their switch on, fill values with padding. */
const beside: Record<string, Record<string, unknown>> = {
  'ResizeCropImagenet.seed': { random_crop: true, resize_side: 12 },
  'ResizeCropImagenet.random_crop': { resize_side: 12 },
  'ResizeCropImagenet.random_flip_left_right': { resize_side: 12 },
  'ResizeWithRatio.padding': { min_dim: 0, max_dim: 9 },
  'ResizeWithRatio.constant_value': { padding: true, min_dim: 0, max_dim: 9 },
  'Pad.value': { padding: 1 },
};

const samples = Array.from({ length: 5 }, (_, index) => sampleOf(counting(10, 8, 3), 3, `${index}.png`));
const results = (name: string, parameters: Record<string, unknown>): unknown[] =>
  samples.map((sample) => {
    const { image, label } = apply(name, parameters, sample);
    return { type: image.type, dims: image.dims, data: image.data.slice(0, 20_000), label };
  });

describe('the dictionary of transforms', () => {
  it('lists what the code can do, and the code does what it lists', () => {
    expect(transformNames.toSorted()).toEqual(transformEntries.map(({ name }) => name).toSorted());
  });

  it('names each transform and parameter once, with help', () => {
    expect(new Set(transformEntries.map(({ name }) => name)).size).toBe(transformEntries.length);
    for (const { help, parameters } of transformEntries) {
      expect(help).toMatch(/\.$/);
      expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
      for (const parameter of parameters) expect(parameter.help).toMatch(/\.$/);
    }
  });

  it('offers each domain the transforms the original lists for it', () => {
    const listed = (domain: string): string[] =>
      transformEntries.filter(({ domains }) => (domains as readonly string[]).includes(domain)).map(({ name }) => name);
    const recognition = listed('Image Recognition');
    // prettier-ignore
    expect(recognition).toEqual(expect.arrayContaining([
      'AlignImageChannel', 'CenterCrop', 'CropResize', 'Normalize', 'RandomCrop', 'RandomHorizontalFlip',
      'RandomResizedCrop', 'RandomVerticalFlip', 'Rescale', 'Resize', 'ResizeCropImagenet', 'ToArray',
    ]));
    expect(listed('Object Detection')).toEqual(recognition.filter((name) => name !== 'ResizeCropImagenet'));
  });

  for (const { name, parameters } of transformEntries) {
    const { required = {}, optional = {} } = documented[name] ?? {};
    const base = Object.fromEntries(Object.entries(required).map(([key, [value]]) => [key, value]));

    it(`${name} has exactly the documented parameters and defaults`, () => {
      const known = parameters.map((each) =>
        'required' in each ? [each.name, 'required'] : [each.name, 'default' in each ? each.default : undefined],
      );
      const expected = [
        ...Object.keys(required).map((key) => [key, 'required']),
        ...Object.entries(optional).map(([key, [standard]]) => [key, standard]),
      ];
      expect(Object.fromEntries(known)).toEqual(Object.fromEntries(expected));
    });

    for (const [key, [standard, other]] of Object.entries({ ...required, ...optional })) {
      it(`${name}.${key} does something, and its default is what happens without it`, () => {
        const context = { ...base, ...beside[`${name}.${key}`] };
        const without = results(name, context);
        expect(results(name, { ...context, [key]: standard })).toEqual(without);
        // A layout that does not fit the picture is refused, which is an effect too.
        let changed: unknown;
        try {
          changed = results(name, { ...context, [key]: other });
        } catch (thrown) {
          changed = thrown;
        }
        expect(changed).not.toEqual(without);
      });
    }
  }

  it('is not needed for an empty list, which changes nothing', () => {
    const [sample] = samples;
    expect(buildTransforms([])(sample!)).toEqual(sample);
  });
});
