// Other numbers for the same ops: which there are, and which the config rules out.
import { describe, expect, it } from 'vitest';
import type { TrialConfig } from '../../../src/tuning/contracts';
import { correctedVariants, rangeVariants, reshapedVariants } from '../../../src/tuning/strategies/numericVariants';
import { opChoicesOf, startConfig } from '../../../src/tuning/strategies/choices';
import type { ContextOptions } from './fakeTuning';
import { contextOf, dynamic, opOf, perChannel, percentile, spaceOf } from './fakeTuning';

const entropy = { ...perChannel, activationAlgorithm: 'entropy' } as const;
const forms = [perChannel, percentile, entropy];
const convs = spaceOf([opOf('conv1', 'Conv', forms), opOf('conv2', 'Conv', [perChannel, percentile])]);
const products = spaceOf(['a', 'b', 'c'].map((name) => opOf(name, 'MatMul', forms)));

function start(space: typeof convs, options: ContextOptions = {}): TrialConfig {
  const context = contextOf(space, options);
  return startConfig(context, opChoicesOf(context), 100);
}

/** What differs: `percentile 99.99 equalized`. */
function wordsOf(config: TrialConfig): string {
  const methods = new Set(
    Object.values(config.ops).map((op) => (op.mode === 'static' ? op.activationAlgorithm : op.mode)),
  );
  return [
    ...methods,
    ...(methods.has('percentile') ? [config.percentile] : []),
    ...(config.equalization ? ['equalized'] : []),
    ...(config.smoothQuantAlpha === null ? [] : [`smooth ${config.smoothQuantAlpha}`]),
    ...(config.fastBiasCorrection ? ['biases'] : []),
    ...(config.weightCorrection ? ['weights'] : []),
  ].join(' ');
}

function ranges(space: typeof convs, options: ContextOptions = {}): string[] {
  return rangeVariants(space, start(space, options)).map(wordsOf);
}

async function shapes(space: typeof convs, options: ContextOptions = {}): Promise<string[]> {
  return (await reshapedVariants(contextOf(space, options), space, start(space, options))).map(wordsOf);
}

describe('rangeVariants', () => {
  it('measures ranges in every other way that an op allows', () => {
    // conv2 knows no entropy.
    expect(ranges(convs)).toEqual(['percentile 99.999', 'percentile 99.99', 'entropy minmax']);
  });

  it('leaves dynamic ops as they are', () => {
    const space = spaceOf([
      opOf('a', 'MatMul', [], [dynamic]),
      opOf('b', 'MatMul', [perChannel, percentile], [dynamic]),
    ]);
    expect(ranges(space, { approach: 'dynamic' })).toEqual([]);
    expect(ranges(space, { approach: 'auto' })).toEqual(['dynamic percentile 99.999', 'dynamic percentile 99.99']);
  });

  it('takes an op that stays float for no form, whatever its name', () => {
    const space = spaceOf([opOf('constructor', 'Conv', forms), opOf('conv2', 'Conv', forms)]);
    const config = { ...start(space), ops: { conv2: perChannel } };
    for (const variant of rangeVariants(space, config)) expect(Object.keys(variant.ops)).toEqual(['conv2']);
  });
});

describe('reshapedVariants', () => {
  it('equalizes where there are layers to even out, unless the config decides', async () => {
    expect(await shapes(convs)).toEqual([]);
    expect(await shapes(convs, { equalizablePairs: 2 })).toEqual(['minmax equalized']);
    expect(await shapes(convs, { equalizablePairs: 2, recipes: { equalization: false } })).toEqual([]);
    expect(await shapes(convs, { equalizablePairs: 2, recipes: { equalization: true } })).toEqual([]);
  });

  it('smooths products with the alphas of the config, where there are enough of them', async () => {
    expect(await shapes(products)).toEqual(['minmax smooth auto']);
    expect(await shapes(products, { recipes: { smoothQuantAlphas: [0.3, 0.7] } })).toEqual([
      'minmax smooth auto',
      'minmax smooth 0.3',
      'minmax smooth 0.7',
    ]);
    expect(await shapes(products, { recipes: { smoothQuantAlphas: 'auto' } })).toEqual(['minmax smooth auto']);
    expect(await shapes(products, { recipes: { smoothQuant: false } })).toEqual([]);
    expect(await shapes(spaceOf(products.ops.slice(1)))).toEqual([]);
  });
});

describe('correctedVariants', () => {
  const corrected = (options: ContextOptions = {}): string[] =>
    correctedVariants(contextOf(convs, options), start(convs, options)).map(wordsOf);

  it('corrects biases, and weights with them', () => {
    expect(corrected()).toEqual(['minmax biases', 'minmax biases weights']);
  });

  it('leaves to the config what it decides', () => {
    expect(corrected({ recipes: { fastBiasCorrection: false } })).toEqual(['minmax weights']);
    expect(corrected({ recipes: { weightCorrection: false } })).toEqual(['minmax biases']);
    expect(corrected({ recipes: { fastBiasCorrection: true } })).toEqual(['minmax biases weights']);
    expect(corrected({ recipes: { fastBiasCorrection: true, weightCorrection: true } })).toEqual([]);
    expect(corrected({ recipes: { fastBiasCorrection: false, weightCorrection: false } })).toEqual([]);
  });
});
