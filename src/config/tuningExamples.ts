// Tuning configs as people write them, for the schema; a test reads each through the checker of the product.
import type { ParameterValue } from '../dictionary/entry';

export const tuningExamples: readonly ParameterValue[] = [
  {
    model: { path: 'model.onnx' },
    quantization: { calibration: { dataloader: { dataset: { images: 'pictures' } } } },
  },
  {
    model: { name: 'resnet50', framework: 'onnxrt_qlinearops', path: 'resnet50.onnx' },
    quantization: {
      approach: 'post_training_static_quant',
      calibration: {
        sampling_size: [50, 100],
        dataloader: {
          batch_size: 1,
          dataset: { ImagenetRaw: { data_path: 'val' } },
          transform: { ResizeCropImagenet: { height: 224, width: 224 } },
        },
      },
      op_wise: { 'conv1_.*': { activation: { dtype: ['fp32'] }, weight: { dtype: ['fp32'] } } },
    },
    tuning: {
      strategy: { name: 'auto' },
      accuracy_criterion: { relative: '1%' },
      exit_policy: { timeout: 3600, max_trials: 50 },
      random_seed: 9527,
    },
    evaluation: {
      accuracy: {
        metric: { topk: 1 },
        dataloader: {
          batch_size: 8,
          dataset: { ImagenetRaw: { data_path: 'val' } },
          transform: { ResizeCropImagenet: { height: 224, width: 224 } },
        },
      },
      performance: { warmup: 10, configs: { cores_per_instance: 4, num_of_instance: 1 } },
    },
  },
  {
    model: { path: 'classifier.onnx' },
    quantization: {
      approach: 'auto',
      calibration_sampling_size: [100],
      calibration: { dataloader: { dataset: { npz: { path: 'calibration.npz' } } } },
      recipes: { smooth_quant: true, smooth_quant_args: { alpha: [0.3, 0.5, 0.7] } },
      accuracy_criterion: { criterion: 'absolute', tolerable_loss: 0.005 },
      tuning_criterion: { strategy: 'mse_v2', max_trials: 30, objective: 'performance' },
    },
    evaluation: {
      accuracy: {
        multi_metrics: { Accuracy: {}, F1: { mode: 'macro' }, weight: [0.6, 0.4], higher_is_better: [true, true] },
        dataloader: { dataset: { npz: { path: 'eval.npz', labels: 'labels' } } },
      },
    },
  },
  {
    model: { path: 'bert.onnx' },
    quantization: { approach: 'post_training_dynamic_quant' },
    tuning: {
      multi_objectives: { objective: ['performance', 'modelsize'], weight: [0.8, 0.2] },
      accuracy_criterion: { absolute: 0.01 },
    },
  },
  {
    model: { path: 'model.onnx' },
    mixed_precision: { precisions: 'fp16', op_wise: { Softmax: { activation: { dtype: 'fp32' } } } },
  },
  { model: { path: 'model.onnx' }, graph_optimization: { level: 'ENABLE_EXTENDED' } },
];
