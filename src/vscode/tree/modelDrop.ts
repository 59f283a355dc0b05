// Model files that are dropped on the tree: each starts a project.
import { commands, Uri, window } from 'vscode';
import type { DataTransfer, TreeDragAndDropController } from 'vscode';
import type { BenchNode } from './nodes';

const uriList = 'text/uri-list';

/** For the tree *Bench*; nothing is dragged out of it. */
export const modelDrop: TreeDragAndDropController<BenchNode> = {
  dropMimeTypes: [uriList],
  dragMimeTypes: [],
  handleDrop: async (_node: BenchNode | undefined, dropped: DataTransfer): Promise<void> => {
    const text = await dropped.get(uriList)?.asString();
    const models = modelsIn(text ?? '');
    if (models.length === 0) {
      void window.showInformationMessage('A project begins with an .onnx file of this machine: drop one of those.');
      return;
    }
    // One after the other: each has questions of its own.
    for (const uri of models) await commands.executeCommand('compressorBench.project.new', uri);
  },
};

/** The .onnx files in a list of URIs (RFC 2483). */
function modelsIn(list: string): Uri[] {
  return list
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => Uri.parse(line))
    .filter(({ scheme, path }) => scheme === 'file' && path.toLowerCase().endsWith('.onnx'));
}
