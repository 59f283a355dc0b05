// What the library says to a script that gives a function something else than it takes.
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Tensor } from '../../../src/onnx/tensor';
import { compressModelWeights } from '../../../src/pipeline/library/compressWeights';
import { CompressedModel, loadModel } from '../../../src/pipeline/library/compressedModel';
import type { DataLoader } from '../../../src/pipeline/library/contracts';
import { engineConfig } from '../../../src/pipeline/library/engineConfig';
import { OrtEngine } from '../../../src/pipeline/library/ortEngine';
import { createPipeline, Pipeline } from '../../../src/pipeline/library/pipeline';
import { BatchSampler, createSampler } from '../../../src/pipeline/library/samplers';
import { saveModel } from '../../../src/pipeline/library/saveModel';
import { failureOf } from '../../support/failureOf';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
const tensor: Tensor = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) };
const loader: DataLoader = { length: 9, get: (index) => [tensor, index] };
const engine = new OrtEngine({}, loader);
const file = join(folder.path, 'model.onnx');
writeFileSync(file, '');
const notes = join(folder.path, 'notes.md');
writeFileSync(notes, '# Notes');
const model = new CompressedModel('m', [{ path: file }]);

/** As a script in JavaScript passes it. */
const wrong = (value: unknown): never => value as never;

type Call = () => unknown;
const calls: readonly [what: string, call: Call, code: string, sentence: string][] = [
  [
    'a path for run',
    () => new Pipeline(engine).run(wrong('m.onnx')),
    'pipeline-argument',
    'The model for run is "m.onnx"; a model was expected.',
  ],
  [
    'nothing for evaluate',
    () => new Pipeline(engine).evaluate(wrong(undefined)),
    'pipeline-argument',
    'The model for evaluate is undefined',
  ],
  [
    'no engine',
    () => createPipeline([], wrong(undefined)),
    'pipeline-argument',
    'The engine of the pipeline is undefined; an engine was expected.',
  ],
  [
    'a misspelt option',
    () => createPipeline([], engine, wrong({ onNotes: console.log })),
    'pipeline-unknown-parameter',
    'has no parameter "onNotes"',
  ],
  [
    'an algorithm without run',
    () => new Pipeline(engine).addAlgo(wrong({ name: 'x' })),
    'pipeline-argument',
    'an object with the keys name; an algorithm',
  ],
  [
    'a path for setModel',
    () => engine.setModel(wrong('m.onnx')),
    'pipeline-argument',
    'The model for setModel is "m.onnx"',
  ],
  [
    'a list for a sampler',
    () => engine.predict({ sampler: wrong([0, 1]) }),
    'pipeline-argument',
    'The sampler of predict is an array of 2',
  ],
  [
    'a name for a statistic',
    () => engine.predict({ statisticsLayout: { a: { least: wrong('min') } } }),
    'pipeline-argument',
    'The statistic "least" of "a" is "min"; a function was expected.',
  ],
  [
    'no layout',
    () => engine.predict({ statisticsLayout: wrong(['a']) }),
    'pipeline-parameter',
    '{node: {statistic: function}} was expected',
  ],
  [
    'a path for loadModel',
    () => loadModel(wrong('m.onnx')),
    'pipeline-parameter',
    'The parameters of loadModel are "m.onnx"; an object was expected',
  ],
  ['nothing for loadModel', () => loadModel(wrong(undefined)), 'pipeline-parameter', 'are undefined'],
  [
    'a misspelt key of a model',
    () => loadModel(wrong({ modelName: 'm', modle: file })),
    'pipeline-unknown-parameter',
    '"modle"',
  ],
  [
    'a cascade that is no list',
    () => loadModel(wrong({ modelName: 'm', cascade: {} })),
    'pipeline-parameter',
    'loadModel.cascade is {}; a list was expected.',
  ],
  [
    'a part without a name',
    () => loadModel(wrong({ modelName: 'm', cascade: [{ name: 'a', model: file }, { model: file }] })),
    'pipeline-part-name',
    'Part 1 of the cascade "m" has no name.',
  ],
  [
    'a folder for a model',
    () => loadModel({ modelName: 'm', model: folder.path }),
    'pipeline-not-a-file',
    'is no file.',
  ],
  ['a file that is no model', () => loadModel({ modelName: 'm', model: notes }), 'model-', 'notes.md'],
  [
    'a part that is no model',
    () =>
      loadModel({
        modelName: 'm',
        cascade: [
          { name: 'a', model: notes },
          { name: 'b', model: notes },
        ],
      }),
    'model-',
    'notes.md',
  ],
  [
    'a model without a name',
    () => loadModel(wrong({ model: file })),
    'pipeline-no-model-name',
    'The name of the model is undefined',
  ],
  [
    'nothing for saveModel',
    () => saveModel(wrong(undefined), folder.path),
    'pipeline-argument',
    'The model for saveModel is undefined',
  ],
  [
    'no folder for saveModel',
    () => saveModel(model, wrong(undefined)),
    'pipeline-argument',
    'The folder for saveModel is undefined; a text was expected.',
  ],
  ['a file for a folder', () => saveModel(model, file), 'file-', file],
  [
    'a name by place',
    () => saveModel(model, folder.path, wrong('name')),
    'pipeline-parameter',
    'The parameters of saveModel are "name"',
  ],
  [
    'a name in another folder',
    () => saveModel(model, folder.path, { modelName: '../evil' }),
    'pipeline-file-name',
    '"../evil" is no name',
  ],
  ['an empty name', () => saveModel(model, folder.path, { modelName: '' }), 'pipeline-file-name', '"" is no name'],
  [
    'a part that leads elsewhere',
    () =>
      saveModel(
        new CompressedModel('m', [
          { name: '../a', path: file },
          { name: 'b', path: file },
        ]),
        folder.path,
      ),
    'pipeline-file-name',
    '"../a" is no name',
  ],
  [
    'a path for compressModelWeights',
    () => compressModelWeights(wrong(file)),
    'pipeline-argument',
    'a model was expected',
  ],
  [
    "POT's places for createSampler",
    () => createSampler(engine, 5, wrong(true)),
    'pipeline-parameter',
    'The parameters of createSampler are true',
  ],
  [
    'a text for samples',
    () => createSampler(engine, wrong('5')),
    'pipeline-sample-count',
    'The number of samples is "5"',
  ],
  [
    'no source',
    () => createSampler(wrong(undefined), 5),
    'pipeline-argument',
    'an engine or a data loader was expected',
  ],
  [
    'a batch size by place',
    () => new BatchSampler(loader, wrong(8)),
    'pipeline-parameter',
    'The parameters of the sampler are a number',
  ],
  [
    'a limit below 0',
    () => new BatchSampler(loader, { sampleTimeoutMs: -1 }),
    'pipeline-parameter',
    'the sampler.sampleTimeoutMs is -1',
  ],
  [
    'indexes that are none',
    () => new BatchSampler(loader, { subsetIndices: wrong(['a']) }),
    'pipeline-subset',
    'names sample "a"',
  ],
  [
    'requests that are no number',
    () => new OrtEngine({ statRequestsNumber: wrong('a') }),
    'pipeline-parameter',
    'OrtEngine.stat_requests_number is "a"',
  ],
  [
    'requests below 0',
    () => new OrtEngine({ evalRequestsNumber: -3 }),
    'pipeline-parameter',
    'a whole number of at least 0 was expected',
  ],
  [
    'a misspelt setting',
    () => new OrtEngine(wrong({ evalRequestNumber: 2 })),
    'pipeline-unknown-parameter',
    '"evalRequestNumber"',
  ],
  ['another device', () => new OrtEngine({ device: wrong('GPU') }), 'pipeline-no-effect', 'runs on the CPU here'],
  ['no threads', () => new OrtEngine({ threads: 0 }), 'pipeline-parameter', 'OrtEngine.threads is 0'],
];

describe('the library', () => {
  it.each(calls)('says of %s what was expected', async (_what, call, code, sentence) => {
    const failure = await failureOf((async () => await call())());
    expect(failure.code).toContain(code);
    expect(failure.message).toContain(sentence);
    expect(failure.nextStep).not.toBe('');
  });
});

describe('loadModel', () => {
  it('names the file that is no model, and what to do', async () => {
    const failure = await failureOf((async () => await Promise.resolve(loadModel({ modelName: 'm', model: notes })))());
    expect(failure).toMatchObject({ place: notes, nextStep: expect.stringContaining('ONNX') as string });
  });
});

describe('createSampler', () => {
  it('takes an engine as POT does, or a loader', () => {
    expect(createSampler(engine, 3).indexes).toEqual([0, 1, 2]);
    expect(createSampler(engine, null).indexes).toEqual(createSampler(loader, null).indexes);
    expect(new BatchSampler(engine).length).toBe(9);
  });
});

describe('engineConfig', () => {
  it('takes both spellings, and 0 for as many requests as CPUs', () => {
    const most = availableParallelism();
    const both = { stat_requests_number: 1, evalRequestsNumber: 0, device: 'ANY', stallLimitMs: 5 } as const;
    expect(engineConfig(both)).toEqual({
      statRequestsNumber: 1,
      evalRequestsNumber: most,
      threads: 1,
      device: 'ANY',
      stallLimitMs: 5,
    });
  });

  it('cuts more requests than CPUs, with a warning', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    expect(engineConfig({ evalRequestsNumber: 100_000 }).evalRequestsNumber).toBe(availableParallelism());
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('eval_requests_number is 100000'));
    warn.mockRestore();
  });
});
