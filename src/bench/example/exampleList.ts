// The examples of the product: those that come with it first.
import { downloadedExamples } from './exampleCatalogue';
import type { ExampleModel } from './exampleModel';
import { bundledExamples } from './examples';

export const productExamples: readonly ExampleModel[] = [...bundledExamples, ...downloadedExamples];
