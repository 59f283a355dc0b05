// The catalogue of examples: figures are those of the pointers it was made from, bundled files are what it says.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomParameters } from '../../src/bench/example/exampleDataset';
import { downloadedExamples } from '../../src/bench/example/exampleCatalogue';
import { bundledExamples, bundledFolder } from '../../src/bench/example/examples';
import { sha256OfFile } from '../../src/files/fileHash';
import { guessDomain } from '../../src/onnx/domainGuess';
import { modelFacts } from '../../src/onnx/modelFacts';
import { readModel } from '../../src/onnx/readModel';
import type { Dims } from '../../src/onnx/shapes/dims';

interface Pointers {
  readonly repository: string;
  readonly commit: string;
  readonly files: readonly {
    readonly path: string;
    /** Text of the Git-LFS pointer. */
    readonly pointer: string;
    /** SPDX identifier in the README beside it. */
    readonly licence: string;
    /** As ONNX_HUB_MANIFEST.json of the repository has them. */
    readonly inputs: readonly { readonly name: string; readonly shape: Dims; readonly type: string }[];
  }[];
}

const pointers = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/examples/pointers.json'), 'utf8'),
) as Pointers;

/** Types as the manifest writes them, and as we do. */
const elementTypes: Readonly<Record<string, string>> = {
  'tensor(float)': 'float32',
  'tensor(int64)': 'int64',
  'tensor(uint8)': 'uint8',
};

describe('examples that are fetched', () => {
  it('are all those a pointer was read of, each once', () => {
    const stems = pointers.files.map(({ path }) => path.replace(/^.*\/(.*)\.onnx$/, '$1'));
    expect(downloadedExamples.map(({ model }) => model)).toEqual(stems);
    expect(new Set(stems).size).toBe(stems.length);
  });

  it.each(downloadedExamples.map((example) => [example.model, example] as const))(
    'have size, hash, licence and place of the pointer: %s',
    (model, { sizeBytes, sha256, licence, source, fileName }) => {
      const found = pointers.files.find(({ path }) => path.endsWith(`/${model}.onnx`));
      expect(found?.pointer).toBe(
        `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${sizeBytes}\n`,
      );
      expect(licence).toBe(found?.licence);
      expect(fileName).toBe(`${model}.onnx`);
      expect(source).toEqual({
        kind: 'download',
        urls: [
          `https://huggingface.co/onnxmodelzoo/${model}/resolve/main/${model}.onnx`,
          `https://media.githubusercontent.com/media/onnx/models/${pointers.commit}/${found?.path ?? ''}`,
        ],
      });
    },
  );

  it.each(downloadedExamples.map((example) => [example.model, example] as const))(
    'get random data that fits the inputs they are known to have: %s',
    (model, { inputs: known = {} }) => {
      const { inputs = [] } = pointers.files.find(({ path }) => path.endsWith(`/${model}.onnx`)) ?? {};
      const ports = inputs.map(({ name, shape, type }) => ({ name, shape, type: elementTypes[type] ?? type }));
      expect(Object.keys(known).filter((name) => !ports.some((port) => port.name === name))).toEqual([]);
      const parameters = randomParameters({ inputs: ports, runs: true }, known);
      const shapes = parameters['input_shape'] as number[][];
      expect(shapes.map(({ length }) => length + 1)).toEqual(ports.map(({ shape }) => shape.length));
      const types = (parameters['dtype'] as string[] | undefined) ?? ports.map(() => 'float32');
      expect(types.slice(0, ports.length)).toEqual(ports.map(({ type }) => type));
    },
  );
});

describe('bundled examples', () => {
  it('cover three domains without a network', () => {
    expect(new Set(bundledExamples.map(({ domain }) => domain)).size).toBe(3);
  });

  it.each(bundledExamples.map((example) => [example.model, example] as const))(
    'are there, as they are described: %s',
    async (_, { source, fileName, sizeBytes, sha256, domain, inputs = {} }) => {
      if (source.kind !== 'bundled') throw new Error('it is not bundled');
      const path = join(bundledFolder(source.folder), fileName);
      expect(statSync(path).size).toBe(sizeBytes);
      expect(await sha256OfFile(path)).toBe(sha256);
      for (const file of source.dataset?.files ?? []) statSync(join(bundledFolder(source.folder), file));
      const model = readModel(path);
      try {
        expect(guessDomain(model.graph)).toBe(domain);
        const names = modelFacts(model).inputs.map(({ name }) => name);
        expect(Object.keys(inputs).filter((name) => !names.includes(name))).toEqual([]);
      } finally {
        model.close();
      }
    },
  );
});
