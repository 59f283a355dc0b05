// `compressor-bench datasets new NAME`: a module of your own that runs as it is, and the data set file that names it.
import { relative, resolve } from 'node:path';
import { codeLanguages, newDatasetKinds } from '../../protocol/ownCode';
import type { CodeLanguage, NewDatasetKind } from '../../protocol/ownCode';
import type { Command } from '../command';
import { exitCodes } from '../command';
import { plain, printJson, printLine, printNote } from '../terminal';
import { word } from './benchCommand';

export const newDataset: Command = {
  spec: {
    name: 'datasets new',
    positionals: 'NAME',
    minPositionals: 1,
    maxPositionals: 1,
    summary:
      'Begin a data set or a metric with code of your own: a typed module that runs as it is, and its data set file.',
    details: [
      'Makes NAME.ts (or NAME.mjs) and NAME.dataset.bench.yaml, and never writes over a file. The module gives made-up samples in',
      'the form the model takes; put yours in their place. No bench is needed.',
      '',
      'Examples:',
      '  compressor-bench datasets new digits --model model.onnx',
      '  compressor-bench datasets new score --kind metric --language javascript --folder metrics',
    ].join('\n'),
    options: [
      {
        name: 'kind',
        type: 'text',
        choices: newDatasetKinds,
        help: 'what the module does: read data, judge results, or both',
        defaultText: 'data',
      },
      {
        name: 'language',
        type: 'text',
        choices: codeLanguages,
        help: 'what it is written in; JavaScript has its types in comments',
        defaultText: 'typescript',
      },
      {
        name: 'model',
        type: 'text',
        value: 'MODEL',
        help: 'the model that samples are for',
        defaultText: 'one of pictures, 3 × 224 × 224',
      },
      { name: 'folder', type: 'text', value: 'DIR', help: 'where the files go', defaultText: 'the current folder' },
    ],
  },
  async run(parsed) {
    const model = parsed.text('model');
    const { writeNewDataset } = await import('../../bench/dataset/newDataset');
    const paths = await writeNewDataset({
      folder: resolve(parsed.text('folder') ?? '.'),
      name: word(parsed, 0),
      kind: (parsed.text('kind') ?? 'data') as NewDatasetKind,
      language: (parsed.text('language') ?? 'typescript') as CodeLanguage,
      modelPath: model === undefined ? null : resolve(model),
    });
    if (parsed.flag('json')) printJson(paths);
    else printPaths(paths);
    return exitCodes.done;
  },
};

function printPaths({ modulePath, datasetPath }: { readonly modulePath: string; readonly datasetPath: string }): void {
  const [module, dataset] = [modulePath, datasetPath].map((path) => plain(relative('.', path)));
  printLine(`Wrote ${module ?? ''} and ${dataset ?? ''}, which run as they are.`);
  printNote(
    `next: put your own code into ${module ?? ''}, and look at it with "compressor-bench datasets preview ${dataset ?? ''}"`,
  );
}
