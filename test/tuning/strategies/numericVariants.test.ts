// Other numbers for the same ops: which there are, and which the config rules out.
import { describe, expect, it } from 'vitest';
import type { TrialConfig } from '../../../src/tuning/contracts';
import { correctedVariants, rangeVariants } from '../../../src/tuning/strategies/numericVariants';
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

async function ranges(space: typeof convs, options: ContextOptions = {}): Promise<string[]> {
  return (await rangeVariants(contextOf(space, options), space, start(space, options))).map(wordsOf);
}

describe('rangeVariants', () => {
  it('measures ranges in every way that an op allows, itself first', async () => {
    expect(await ranges(convs)).toEqual([
      'minmax',
      'percentile 99.999',
      'percentile 99.99',
      // conv2 knows no entropy.
      'entropy minmax',
    ]);
  });

  it('equalizes where there are layers to even out, unless the config decides', async () => {
    const equalized = ['minmax equalized', 'percentile 99.999 equalized', 'percentile 99.99 equalized'];
    expect(await ranges(convs, { equalizablePairs: 2 })).toEqual(expect.arrayContaining(equalized));
    const never = await ranges(convs, { equalizablePairs: 2, recipes: { equalization: false } });
    expect(never).toEqual(await ranges(convs));
    const always = await ranges(convs, { equalizablePairs: 2, recipes: { equalization: true } });
    expect(always).toHaveLength(4);
    expect(always.every((words) => words.includes('equalized'))).toBe(true);
  });

  it('smooths products with the alphas of the config, where there are enough of them', async () => {
    const own = ['minmax', 'percentile 99.999', 'percentile 99.99', 'entropy'];
    expect(await ranges(products)).toEqual([...own, 'minmax smooth auto']);
    const alphas = { smoothQuantAlphas: [0.3, 0.7] };
    expect(await ranges(products, { recipes: alphas })).toEqual([
      ...own,
      'minmax smooth auto',
      'minmax smooth 0.3',
      'minmax smooth 0.7',
    ]);
    expect(await ranges(products, { recipes: { smoothQuantAlphas: 'auto' } })).toEqual([...own, 'minmax smooth auto']);
    expect(await ranges(products, { recipes: { smoothQuant: false } })).toEqual(own);
    expect(await ranges(spaceOf(products.ops.slice(1)))).toEqual(own);
  });

  it('leaves dynamic ops as they are', async () => {
    const space = spaceOf([opOf('a', 'MatMul', [], [dynamic]), opOf('b', 'MatMul', [perChannel], [dynamic])]);
    expect(await ranges(space, { approach: 'dynamic' })).toEqual(['dynamic']);
    expect(await ranges(space, { approach: 'auto' })).toEqual(['dynamic minmax']);
  });

  it('takes an op that stays float for no form, whatever its name', async () => {
    const space = spaceOf([opOf('constructor', 'Conv', forms), opOf('conv2', 'Conv', forms)]);
    const config = { ...start(space), ops: { conv2: perChannel } };
    for (const variant of await rangeVariants(contextOf(space), space, config)) {
      expect(Object.keys(variant.ops)).toEqual(['conv2']);
    }
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
