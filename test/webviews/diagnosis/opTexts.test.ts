// Words about operators of a diagnosis: which model took which time, and why none of the selected can be kept in float.
import { expect, it } from 'vitest';
import { keepHint, timesOf } from '../../../webviews/diagnosis/opTexts';

const conv = { precision: 'int8', canBeKept: true } as const;
const relu = { precision: 'float', canBeKept: false } as const;

it('an operator is timed in a model, not in a number type that it may not compute in', () => {
  expect(timesOf({ floatUs: 10, int8Us: 2.88 })).toBe('10.0 µs in the float model, 2.88 µs in the quantized model');
  expect(timesOf({ floatUs: null, int8Us: 5 })).toBe(
    'none of its own in the float model, 5.00 µs in the quantized model',
  );
});

const select = 'Ctrl+click or Space selects several operators.';

it.each([
  [[], select],
  [[conv, relu], select],
  [[relu], 'The selected operator computes in float already.'],
  [[relu, relu], 'The selected operators compute in float already.'],
  [[relu, { ...conv, canBeKept: false }], 'Keeping the selected operators in float would make no difference.'],
])(
  'beside the button that keeps operators stands how to select them, or why it is greyed out (%#)',
  (selected, text) => {
    expect(keepHint(selected)).toBe(text);
  },
);
