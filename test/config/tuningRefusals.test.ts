// config.yaml: what is known from the original and cannot be followed, and data set files with mistakes of their own.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkTuningText } from '../../src/config/tuningFile';
import { temporaryFolder } from '../support/temporaryFolder';
import { calibrated, problemsOf } from '../support/tuningText';

/** `line:column path: message` must be found among the problems. */
function expectProblem(text: string, sentence: string): void {
  expect(problemsOf(text).join('\n')).toContain(`config.yaml:${sentence}`);
}

describe('what is known from elsewhere', () => {
  it.each([
    ['device: gpu', '1:9 device: Models run on the CPU here'],
    [
      'model: {framework: tensorflow}',
      '1:20 model.framework: This product works on ONNX models; export the tensorflow model to ONNX first.',
    ],
    ['model: {framework: pytorch_fx}', '1:20 model.framework: This product works on ONNX models'],
    ['quantization: {approach: quant_aware_training}', '1:26 quantization.approach: Nothing is trained here'],
    [
      'quantization: {approach: weight_only}',
      '1:26 quantization.approach: Weight-only quantization is not part of tuning',
    ],
    ['quantization: {train: {epoch: 1}}', '1:16 quantization.train: Nothing is trained here'],
    [
      'quantization: {advance: {bias_correction: weight_empirical}}',
      '1:16 quantization.advance: The bias correction for ONNX models is recipes.fast_bias_correction.',
    ],
    ['quantization: {backend: onnxrt_cuda_ep}', '1:25 quantization.backend: Models are measured with the CPU provider'],
    ['quantization: {domain: nlp}', '1:24 quantization.domain: What kind of model it is'],
    ['quantization: {excluded_precisions: [bf16, int8]}', '1:44 quantization.excluded_precisions: Only bf16 and fp16'],
    ['quantization: {excluded_precisions: fp32}', '1:37 quantization.excluded_precisions: Only bf16 and fp16'],
    [
      'quantization: {recipes: {graph_optimization_level: ENABLE_ALL}}',
      '1:52 quantization.recipes.graph_optimization_level: The layouts of ENABLE_ALL are made for one machine and hide convolutions from quantization; ENABLE_EXTENDED is the highest that can be quantized. Expected',
    ],
    [
      'quantization: {ni_workload_name: mine}',
      '1:16 quantization.ni_workload_name: Neural Insights does not exist here',
    ],
    [
      'quantization: {model_wise: {weight: {scheme: [sym, asym_float]}}}',
      '1:52 quantization.model_wise.weight.scheme: asym_float is an option of PyTorch',
    ],
    [
      'quantization: {model_wise: {weight: {bit: 4}}}',
      '1:38 quantization.model_wise.weight.bit: bit is an option of PyTorch',
    ],
    [
      'quantization: {model_wise: {activation: {algorithm: placeholder}}}',
      '1:53 quantization.model_wise.activation.algorithm: placeholder is an option of PyTorch',
    ],
    [
      'quantization: {model_wise: {activation: {compute_dtype: int8}}}',
      '1:42 quantization.model_wise.activation.compute_dtype: compute_dtype is an option of PyTorch',
    ],
    [
      'quantization: {optype_wise: {MatMul: {weight: {bits: 4}}}}',
      '1:48 quantization.optype_wise.MatMul.weight.bits: Weight-only',
    ],
    [
      'quantization: {recipes: {scale_propagation_concat: false}}',
      '1:26 quantization.recipes.scale_propagation_concat: Scales of Concat',
    ],
    [
      'quantization: {recipes: {scale_propagation_max_pooling: false}}',
      '1:26 quantization.recipes.scale_propagation_max_pooling: MaxPool',
    ],
    [
      'quantization: {recipes: {add_qdq_pair_to_weight: true}}',
      '1:26 quantization.recipes.add_qdq_pair_to_weight: Weights are stored as 8-bit',
    ],
    [
      'quantization: {recipes: {dedicated_qdq_pair: true}}',
      '1:26 quantization.recipes.dedicated_qdq_pair: Readers of one tensor',
    ],
    [
      'quantization: {recipes: {optypes_to_exclude_output_quant: [MatMul]}}',
      '1:26 quantization.recipes.optypes_to_exclude_output_quant: Outputs cannot',
    ],
    [
      'quantization: {recipes: {layer_wise_quant: true}}',
      '1:26 quantization.recipes.layer_wise_quant: layer_wise_quant is for',
    ],
    [
      'quantization: {recipes: {gptq_args: {percdamp: 0.01}}}',
      '1:26 quantization.recipes.gptq_args: Weight-only quantization is not part',
    ],
    [
      'quantization: {recipes: {smooth_quant_args: {folding: false}}}',
      '1:46 quantization.recipes.smooth_quant_args.folding: Factors are always folded',
    ],
    [
      'quantization: {recipes: {smooth_quant_args: {calib_iter: 100}}}',
      '1:46 quantization.recipes.smooth_quant_args.calib_iter: SmoothQuant looks at',
    ],
    [
      'quantization: {recipes: {smooth_quant_args: {auto_alpha_args: {alpha_min: 0.1}}}}',
      '1:46 quantization.recipes.smooth_quant_args.auto_alpha_args: The search for alpha',
    ],
    ['tuning: {strategy: sigopt}', '1:20 tuning.strategy.name: The strategy sigopt asks an external service'],
    [
      'tuning: {strategy: {name: sigopt, sigopt_api_token: x}}',
      '1:35 tuning.strategy.sigopt_api_token: The strategy sigopt',
    ],
    [
      'tuning: {strategy: automixedprecision}',
      '1:20 tuning.strategy.name: graph_optimization and mixed_precision fall back',
    ],
    [
      'tuning: {tuning_criterion: {strategy_kwargs: {hawq_v2_loss: f}}}',
      '1:47 tuning.tuning_criterion.strategy_kwargs.hawq_v2_loss: hawq_v2 needs no loss',
    ],
    ['tuning: {tensorboard: true}', '1:10 tuning.tensorboard: No files for TensorBoard'],
    [
      'tuning: {workspace: {resume: a.snapshot}}',
      '1:22 tuning.workspace.resume: Snapshots of Neural Compressor are Python pickles',
    ],
    ['tuning: {diagnosis: {op_list: [a]}}', '1:22 tuning.diagnosis.op_list: The diagnosis always looks at every op.'],
    ['tuning: {diagnosis: {inspect_type: weight}}', '1:22 tuning.diagnosis.inspect_type: The diagnosis always'],
    [
      'tuning: {diagnosis: {iteration_list: [3]}}',
      '1:22 tuning.diagnosis.iteration_list: The diagnosis looks at the first batch',
    ],
    ['tuning: {diagnosis: {save_to_disk: false}}', '1:22 tuning.diagnosis.save_to_disk: The diagnosis is always saved'],
    ['tuning: {diagnosis: {save_path: /x}}', '1:22 tuning.diagnosis.save_path: The diagnosis is saved in the folder'],
    [
      'evaluation: {accuracy: {configs: {num_of_instance: 2}}}',
      '1:25 evaluation.accuracy.configs: Accuracy does not depend',
    ],
    [
      'evaluation: {performance: {configs: {inter_num_of_threads: 4}}}',
      '1:38 evaluation.performance.configs.inter_num_of_threads: Ops run one after the other',
    ],
    [
      'evaluation: {performance: {configs: {kmp_blocktime: 1}}}',
      '1:38 evaluation.performance.configs.kmp_blocktime: ONNX Runtime has its own threads',
    ],
    [
      'evaluation: {performance: {configs: {kmp_affinity: none}}}',
      '1:38 evaluation.performance.configs.kmp_affinity: ONNX Runtime has its own threads',
    ],
    [
      'evaluation: {accuracy: {postprocess: {transform: {SquadV1: {label_file: a}}}}}',
      '1:61 evaluation.accuracy.postprocess.transform.SquadV1.label_file: label_file belongs to the loader',
    ],
    [
      'evaluation: {accuracy: {postprocess: {transform: {SquadV1ModelZoo: {label_file: a}}}}}',
      '1:51 evaluation.accuracy.postprocess.transform.SquadV1ModelZoo: SquadV1ModelZoo is for TensorFlow',
    ],
    [
      'evaluation: {accuracy: {postprocess: {transform: {LabelShfit: 1}}}}',
      '1:51 evaluation.accuracy.postprocess.transform.LabelShfit: There is no postprocessing step "LabelShfit". Did you mean LabelShift?',
    ],
    ...['model_conversion', 'pruning', 'distillation', 'auto_distillation', 'nas', 'train'].map(
      (key): [string, string] => [`${key}: {a: 1}`, `1:1 ${key}: `],
    ),
  ])('%s is answered with the reason', (text, sentence) => {
    expectProblem(text, sentence);
    expect(problemsOf(text).join('\n')).not.toMatch(/There is no key/);
  });

  it('is accepted where it asks for nothing else than what is done', () => {
    const harmless = [
      'tuning: {tensorboard: false, diagnosis: {inspect_type: all, op_list: []}}',
      'evaluation: {performance: {configs: {inter_num_of_threads: 1}}}',
      'pruning:',
      'distillation: null',
    ];
    expect(problemsOf([calibrated, ...harmless].join('\n'))).toEqual([]);
  });

  it.each(['domain: auto', 'excluded_precisions: []', 'excluded_precisions: "bf16, fp16"'])(
    'is accepted where it changes nothing: %s',
    (line) => {
      expect(problemsOf(`quantization:\n  approach: dynamic\n  ${line}\n`)).toEqual([]);
    },
  );
});

describe('a data set file that is named in a config', () => {
  const folder = temporaryFolder();
  const problems = (dataloader: string): string[] =>
    checkTuningText(
      `quantization: {calibration: {dataloader: ${dataloader}}}`,
      join(folder.path, 'config.yaml'),
    ).problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);

  it('has its own mistakes reported where it is named', () => {
    folder.write('bad.yaml', 'dataset: {images: p}\nbatch_sise: 3\n');
    expect(problems('bad.yaml')).toEqual([
      '1:42 quantization.calibration.dataloader: In bad.yaml:2:1 batch_sise: There is no key "batch_sise". Did you mean batch_size?',
    ]);
  });

  it('is missed, or is a folder, with a sentence that names it', () => {
    expect(problems('none.yaml').join('\n')).toContain(
      `1:42 quantization.calibration.dataloader: Could not read ${join(folder.path, 'none.yaml')}`,
    );
    expect(problems('.').join('\n')).toMatch(/1:42 quantization\.calibration\.dataloader: .*folder/);
    expect(problems('"a\\0b"').join('\n')).toContain('This is not the path of a data set file.');
  });
});
