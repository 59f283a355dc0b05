// Operations model/list and model/download (SYSTEMS §1.3): the models of a project, and the file of one.
import { basename, extname } from 'node:path';
import { precisions } from '../../dictionary/benchTerms';
import { openModel } from '../../formats/openModel';
import { weightsOf } from '../../formats/openvinoModel';
import { BenchError } from '../../protocol/benchError';
import type { ModelRecord } from '../../store/records';
import type { FileOperation, Operation } from '../operation';
import { answeringFile, answeringNow } from '../operation';
import { requestErrors } from '../requestErrors';
import { modelView, termView } from '../views';

export const modelList: Operation<{ readonly projectId: number }, object> = {
  path: 'model/list',
  summary: 'List the models of a project.',
  read: (parameters) => ({ projectId: parameters.id('project_id', 'project') }),
  run: async (bench, { projectId }) => {
    await bench.get('project', projectId);
    const records = await bench.store.list('model', { projectId });
    const models = records.map((model) => ({
      ...modelView(bench, model),
      precision_id: termView(precisions, model.precision).id,
    }));
    return bench.withProblems({ models }, 'model', projectId);
  },
};

export const modelDownload: FileOperation<{ readonly id: number }> = {
  path: 'model/download',
  summary: 'Get the file of a model.',
  read: (parameters) => ({ id: parameters.id('id', 'model') }),
  run: async (bench, { id }) => {
    const model = await bench.get('model', id);
    const path = bench.access.realPath(bench.absolutePath(model.path));
    refuseParts(path);
    return { contentType: 'application/octet-stream', content: { path }, attachmentName: fileNameOf(model, path) };
  },
};

export const modelFileOperations = [answeringNow(modelList), answeringFile(modelDownload)];

/** A model whose weights lie in other files is of no use without them. */
function refuseParts(path: string): void {
  const parts = partsOf(path);
  if (parts.length === 0) return;
  throw requestErrors.refused(
    'model-parts',
    `The model keeps its weights in ${parts.map((part) => basename(part)).join(', ')}, so its file alone is of no use.`,
    'Copy the files together from where they lie.',
  );
}

function partsOf(path: string): readonly string[] {
  try {
    const opened = openModel(path);
    opened.model.close();
    if (opened.kind === 'onnx') return opened.model.externalFiles;
    const weights = opened.model.facts.format === 'OpenVINO IR' ? weightsOf(path) : undefined;
    return weights === undefined ? [] : [weights.path];
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    // Damaged or not, it is the file of the model.
    return [];
  }
}

/** Models that the bench made are all called model.onnx. */
function fileNameOf(model: ModelRecord, path: string): string {
  return model.madeBy === null ? basename(path) : `${model.name}${extname(path)}`;
}
