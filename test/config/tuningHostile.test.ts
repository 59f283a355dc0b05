// config.yaml: hostile text, and every key misspelt.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTuningText } from '../../src/config/tuningFile';
import { problemsOf } from '../support/tuningText';

/** `line:column path: message` must be found among the problems. */
function expectProblem(text: string, sentence: string): void {
  expect(problemsOf(text).join('\n')).toContain(`config.yaml:${sentence}`);
}

describe('hostile configs', () => {
  it('of aliases that multiply end at once', () => {
    const lines = ['a: &a [1,1,1,1,1,1,1,1,1,1]'];
    for (let index = 1; index < 9; index++) {
      const [before, name] = ['abcdefghi'.charAt(index - 1), 'abcdefghi'.charAt(index)];
      lines.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`);
    }
    expect(problemsOf(lines.join('\n')).join('\n')).toContain('more than 100000 values');
  });

  it('of 10 MB are not read', () => {
    expect(problemsOf(`a: ${'x'.repeat(10_000_000)}`)).toEqual([
      'config.yaml:1:1: A configuration of more than 262144 characters is not read.',
    ]);
  });

  it.each([
    ['a tab as indentation', 'model:\n\tname: a', '2:1: A tab'],
    [
      'a tag that would build an object',
      'model: !!python/object:os.system {}',
      '1:8: The tag !!python/object:os.system',
    ],
    ['a second document', 'model: {}\n---\nmodel: {}', '2:1: There is a second document'],
    ['a key that is there twice', 'model: {}\nmodel: {}', '2:1 model: The key "model" is there twice.'],
    ['a key named __proto__', '__proto__: {a: 1}', '1:1 __proto__: There is no key "__proto__".'],
    [
      'a key named constructor',
      'tuning: {constructor: 1}',
      '1:10 tuning.constructor: There is no key of tuning "constructor".',
    ],
    ['a value named like a method', 'device: toString', '1:9 device: device cannot be toString.'],
    ['brackets without end', `model: ${'['.repeat(100_000)}`, '1:1: The file nests deeper than 64 levels.'],
  ])('with %s', (_name, text, sentence) => expectProblem(text, sentence));
});

/** A config of every kind of section whose keys are all known, one key a line. */
const everyKind = `model:
  name: a
  framework: onnxrt_qdq
  inputs: [x]
device: cpu
quantization:
  approach: auto
  calibration:
    sampling_size: 10
    dataloader:
      batch_size: 2
      dataset:
        ImageFolder:
          root: pictures
      transform:
        Resize:
          size: 224
  recipes:
    smooth_quant_args:
      alpha: 0.5
  model_wise:
    weight:
      granularity: per_tensor
  op_wise:
    a.*:
      activation:
        dtype: [fp32]
tuning:
  strategy:
    name: basic
  accuracy_criterion:
    relative: 1%
  multi_objectives:
    objective: performance
    higher_is_better: false
  exit_policy:
    max_trials: 10
  diagnosis:
    diagnosis_after_tuning: true
evaluation:
  accuracy:
    multi_metrics:
      topk: 1
      weight: [1]
    postprocess:
      transform:
        LabelShift: 1
    dataloader:
      dataset:
        ImageFolder:
          root: pictures
  performance:
    warmup: 3
    configs:
      num_of_instance: 2
`;

describe('a key that is misspelt by one letter', () => {
  const lines = everyKind.split('\n');
  const keyed = lines.flatMap((line, index) => {
    const match = /^( *)(\w+):/.exec(line);
    return match === null ? [] : [{ index, indent: match[1] ?? '', key: match[2] ?? '' }];
  });

  it('is reported with its line and column, whichever key it is', () => {
    expect(problemsOf(everyKind)).toEqual([]);
    const misspelling = fc.record({
      at: fc.nat({ max: keyed.length - 1 }),
      place: fc.nat({ max: 1000 }),
      letter: fc.constantFrom('q', 'x', 'z', 'Q', 'X', 'Z'),
      kind: fc.constantFrom('replace', 'insert', 'delete'),
    });
    fc.assert(
      fc.property(misspelling, ({ at, place, letter, kind }) => {
        const { index, indent, key } = keyed[at]!;
        const cut = place % key.length;
        const wrong =
          key.slice(0, cut) + (kind === 'delete' ? '' : letter) + key.slice(kind === 'insert' ? cut : cut + 1);
        fc.pre(wrong !== key && wrong !== '');
        const text = lines
          .with(index, `${indent}${wrong}${lines[index]!.slice(indent.length + key.length)}`)
          .join('\n');
        const { problems } = checkTuningText(text, '/w/config.yaml');
        const here = problems.filter(({ line, column }) => line === index + 1 && column === indent.length + 1);
        expect(here.map(({ path }) => path.split('.').at(-1))).toContain(wrong);
      }),
      { numRuns: 300 },
    );
  });
});
