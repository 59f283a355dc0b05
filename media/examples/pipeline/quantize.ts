// Quantizes a network on handwritten digits in a script: a data loader and a metric of one's own, 8 bits where they cost at
// most 1 % of the accuracy, and the model saved. The network loses nearly everything when all of it is quantized.
//
//   compressor-bench run media/examples/pipeline/quantize.ts [FOLDER]
//
// Node 22.18 and later run it without that command, too, where the package compressor-bench is installed.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createPipeline, loadModel, OrtEngine, saveModel } from 'compressor-bench/pipeline';
import type { DataLoader, LoaderItem, Metric, Tensor } from 'compressor-bench/pipeline';

const examples = resolve(import.meta.dirname, '../mnist');

/** Digits of MNIST's own files: a header, then a byte for each pixel or label. */
class Digits implements DataLoader {
  private readonly pixels = readFileSync(resolve(examples, 't10k-images-idx3-ubyte')).subarray(16);
  private readonly labels = readFileSync(resolve(examples, 't10k-labels-idx1-ubyte')).subarray(8);
  readonly length: number;

  constructor(length: number) {
    this.length = Math.min(length, this.labels.length);
  }

  get(index: number): LoaderItem {
    const pixels = this.pixels.subarray(index * 784, (index + 1) * 784);
    const data = Float32Array.from(pixels, (value) => (value / 255 - 0.1307) / 0.3081);
    return [{ type: 'float32', dims: [1, 28, 28], data }, this.labels[index]];
  }
}

/** Share of digits whose label has the highest score. */
class Accuracy implements Metric {
  readonly attributes = { accuracy: { direction: 'higher-better', type: 'accuracy' } } as const;
  private all: number[] = [];
  private last: number[] = [];

  /** Of the samples of the last update. */
  get value(): { accuracy: readonly number[] } {
    return { accuracy: this.last };
  }

  /** Of all since the last reset. */
  get avgValue(): { accuracy: number } {
    return { accuracy: this.all.reduce((sum, one) => sum + one, 0) / this.all.length };
  }

  update([scores]: readonly Tensor[], labels: readonly unknown[]): void {
    this.last = labels.map((label, row) => {
      const own = Array.from({ length: 10 }, (_, digit) => Number(scores?.data[10 * row + digit]));
      return own.indexOf(Math.max(...own)) === label ? 1 : 0;
    });
    this.all.push(...this.last);
  }

  reset(): void {
    this.all = [];
    this.last = [];
  }
}

const folder = process.argv[2] ?? 'quantized';
const engine = new OrtEngine({}, new Digits(100), new Accuracy());
const model = loadModel({ modelName: 'mnist', model: resolve(examples, 'mnist_resnet_unbalanced.onnx') });
const params = { maximal_drop: 0.01, stat_subset_size: 50, ranking_subset_size: 10 };
const pipeline = createPipeline([{ name: 'AccuracyAwareQuantization', params }], engine, {
  onNote: (sentence) => console.log(sentence),
});

console.log('float:', await pipeline.evaluate(model));
const quantized = await pipeline.run(model);
console.log('8-bit:', await pipeline.evaluate(quantized));
for (const { model: path } of await saveModel(quantized, folder, { modelName: 'mnist_int8' })) console.log(path);
engine.close();
