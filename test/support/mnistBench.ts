// A project on the bundled digits, made as a client makes one.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../../src/bench/bench';
import { call } from './benchCalls';
import { mnistFolder } from './mnistTuning';

/** The digits in a folder of their own, for tests that take them away. */
export function copyDigits(folder: string): string {
  cpSync(mnistFolder, folder, { recursive: true });
  return folder;
}

export interface MnistProject {
  readonly projectId: number;
  readonly modelId: number;
  /** The digits, with labels. */
  readonly datasetId: number;
}

/** Makes a project and its data set; `folder` holds model and digits. */
export async function mnistProject(bench: Bench, folder = mnistFolder, name = 'Digits'): Promise<MnistProject> {
  const project = await call(bench, 'project/create', {
    name,
    model: {
      path: join(folder, 'mnist_resnet.onnx'),
      input_nodes: 'input',
      output_nodes: 'logits',
      domain: 'Image Recognition',
    },
  });
  const projectId = Number(project['project_id']);
  const dataset = await call(bench, 'dataset/add', {
    project_id: projectId,
    name: 'Test digits',
    dataset_path: folder,
    dataloader: { name: 'MNIST', params: { root: '', train: false } },
    transform: [
      { name: 'Rescale', params: {} },
      { name: 'Normalize', params: { mean: [0.1307], std: [0.3081] } },
      { name: 'Transpose', params: { perm: [2, 0, 1] } },
    ],
    metric: 'topk',
    metric_param: 1,
  });
  return { projectId, modelId: Number(project['model_id']), datasetId: Number(dataset['dataset_id']) };
}
