// config.yaml: the sentence and the place of everything that can be wrong in it.
import { describe, expect, it } from 'vitest';
import { calibrated, problemsOf } from '../support/tuningText';

/** `line:column path: message` must be found among the problems. */
function expectProblem(text: string, sentence: string): void {
  expect(problemsOf(text).join('\n')).toContain(`config.yaml:${sentence}`);
}

describe('wrong configs', () => {
  it.each([
    [
      'static quantization without calibration',
      'model: {name: a}\nquantization: {approach: post_training_static_quant}',
      '2:1 quantization.calibration.dataloader: The approach static needs data to calibrate with, which is missing.',
    ],
    ['nothing to calibrate with', 'model: {name: a}', '1:1 quantization.calibration.dataloader: The approach static'],
    [
      'auto quantization without calibration',
      'quantization:\n  approach: auto\n  calibration: {sampling_size: 5}',
      '3:3 quantization.calibration.dataloader: The approach auto needs data',
    ],
    [
      'a goal that is relative and absolute',
      'tuning:\n  accuracy_criterion:\n    relative: 0.01\n    absolute: 0.1',
      '4:5 tuning.accuracy_criterion.absolute: The goal is both relative and absolute; only one of the two can be kept to. Expected exactly one of relative and absolute.',
    ],
    [
      'a goal that is neither',
      'tuning:\n  accuracy_criterion: {higher_is_better: true}',
      '2:3 tuning.accuracy_criterion: The goal is missing',
    ],
    ['an empty goal', 'tuning:\n  accuracy_criterion:', '2:3 tuning.accuracy_criterion: The goal is missing'],
    [
      'a goal in both layouts at once',
      'tuning:\n  accuracy_criterion: {relative: 1%, tolerable_loss: 0.1}',
      '2:38 tuning.accuracy_criterion.tolerable_loss: tolerable_loss is how 2.x names the goal',
    ],
    [
      'a relative loss of everything',
      'tuning: {accuracy_criterion: {relative: 100%}}',
      '1:41 tuning.accuracy_criterion.relative: relative cannot be 100%. Expected a number or a percentage such as 1% between -1 and 1.',
    ],
    [
      'a relative loss of -1',
      'tuning: {accuracy_criterion: {relative: -1}}',
      '1:41 tuning.accuracy_criterion.relative',
    ],
    ['a loss in words', 'tuning: {accuracy_criterion: {relative: little}}', '1:41 tuning.accuracy_criterion.relative'],
    ['a loss that is no number', 'tuning: {accuracy_criterion: {relative: .nan}}', '1:41 tuning.accuracy_criterion'],
    [
      'a negative absolute loss',
      'tuning: {accuracy_criterion: {absolute: -0.1}}',
      '1:31 tuning.accuracy_criterion.absolute',
    ],
    [
      'a tolerable loss out of range',
      'tuning: {accuracy_criterion: {tolerable_loss: 1.5}}',
      '1:31 tuning.accuracy_criterion.tolerable_loss: tolerable_loss cannot be 1.5. Expected a relative loss between -1 and 1',
    ],
    [
      'two goals',
      'quantization: {accuracy_criterion: {criterion: relative}}\ntuning: {accuracy_criterion: {relative: 1%}}',
      '1:16 quantization.accuracy_criterion: quantization.accuracy_criterion says what tuning.accuracy_criterion says already.',
    ],
    [
      'an unknown metric',
      'evaluation: {accuracy: {metric: {topq: 1}, dataloader: {dataset: {images: p}}}}',
      '1:34 evaluation.accuracy.metric.topq: There is no metric "topq". Did you mean topk?',
    ],
    [
      'metric and multi_metrics',
      'evaluation: {accuracy: {metric: topk, multi_metrics: {MSE: {}}, dataloader: {dataset: {images: p}}}}',
      '1:39 evaluation.accuracy.multi_metrics: Both metric and multi_metrics are there',
    ],
    [
      'too few weights of metrics',
      'evaluation: {accuracy: {multi_metrics: {topk: 1, MSE: {}, weight: [1]}, dataloader: {dataset: {images: p}}}}',
      '1:59 evaluation.accuracy.multi_metrics.weight: weight has 1 value for 2 metrics. Expected one value for each metric.',
    ],
    [
      'too many directions of metrics',
      'evaluation: {accuracy: {multi_metrics: {topk: 1, higher_is_better: [true, true]}}}',
      '1:50 evaluation.accuracy.multi_metrics.higher_is_better: higher_is_better has 2 values for 1 metric.',
    ],
    [
      'no metric among several',
      'evaluation: {accuracy: {multi_metrics: {weight: [1]}}}',
      '1:25 evaluation.accuracy.multi_metrics: multi_metrics names no metric.',
    ],
    [
      'several metrics as a list',
      'evaluation: {accuracy: {multi_metrics: [topk]}}',
      '1:40 evaluation.accuracy.multi_metrics: Several metrics are a map.',
    ],
    [
      'weights of metrics that are all 0',
      'evaluation: {accuracy: {multi_metrics: {topk: 1, weight: [0]}}}',
      '1:50 evaluation.accuracy.multi_metrics.weight: With weights of 0',
    ],
    [
      'a metric without data',
      'evaluation: {accuracy: {metric: {topk: 1}}}',
      '1:14 evaluation.accuracy.dataloader: Accuracy is described, but the data to measure it on is missing.',
    ],
    [
      'a metric inside the data',
      'evaluation: {accuracy: {dataloader: {dataset: {images: p}, metric: {topk: 1}}}}',
      '1:60 evaluation.accuracy.dataloader.metric: The metric is named beside the dataloader',
    ],
    [
      'a mistake in a dataloader',
      'quantization:\n  calibration:\n    dataloader:\n      dataset: {ImageFolder: {rot: p}}\n      batch_size: 0',
      '5:19 quantization.calibration.dataloader.batch_size: batch_size cannot be 0.',
    ],
    [
      'a mistake in a loader',
      'quantization:\n  calibration:\n    dataloader:\n      dataset: {ImageFolder: {rot: p}}',
      '4:31 quantization.calibration.dataloader.dataset.ImageFolder.rot: There is no parameter of ImageFolder named "rot". Did you mean root?',
    ],
    [
      'a dataloader without a data set',
      'quantization:\n  calibration:\n    dataloader: {batch_size: 2}',
      '3:5 quantization.calibration.dataloader: The key "dataset" is missing.',
    ],
    [
      'a list for a dataloader',
      'quantization: {calibration: {dataloader: [a]}}',
      '1:42 quantization.calibration.dataloader: This does not describe a data set.',
    ],
    [
      'a path of nothing',
      'quantization: {calibration: {dataloader: ""}}',
      '1:42 quantization.calibration.dataloader: This is not the path',
    ],
    [
      'no iterations',
      'evaluation: {performance: {iteration: 0}}',
      '1:28 evaluation.performance.iteration: iteration cannot be 0. Expected at least 1, or -1 for all.',
    ],
    [
      'no trials',
      'tuning: {exit_policy: {max_trials: 0}}',
      '1:36 tuning.exit_policy.max_trials: max_trials cannot be 0. Expected a whole number of at least 1.',
    ],
    [
      'a negative time',
      'tuning: {exit_policy: {timeout: -1}}',
      '1:33 tuning.exit_policy.timeout: timeout cannot be -1.',
    ],
    ['half a seed', 'tuning: {random_seed: 1.5}', '1:23 tuning.random_seed: random_seed cannot be 1.5.'],
    [
      'a sample of none',
      'quantization: {calibration: {sampling_size: [10, 0]}}',
      '1:45 quantization.calibration.sampling_size: sampling_size cannot be [10,0].',
    ],
    [
      'a truth in words',
      'tuning: {exit_policy: {performance_only: yes}}',
      '1:42 tuning.exit_policy.performance_only: performance_only cannot be yes. Expected true or false.',
    ],
    ['another version', 'version: 3.0', '1:10 version: version cannot be 3.'],
    [
      'a scalar for a section',
      'tuning: 5',
      '1:9 tuning: tuning cannot be 5. Expected keys such as strategy, accuracy_criterion, objective, multi_objectives.',
    ],
    ['a list for a section', 'model: [a, b]', '1:8 model: model cannot be ["a","b"]. Expected keys such as name'],
    [
      'an unknown strategy',
      'tuning: {strategy: {name: bazic}}',
      '1:27 tuning.strategy.name: name cannot be bazic. Did you mean basic?',
    ],
    [
      'an unknown approach',
      'quantization: {approach: post_training_static_qant}',
      '1:26 quantization.approach: approach cannot be post_training_static_qant. Did you mean post_training_static_quant?',
    ],
    [
      'an unknown objective',
      'tuning: {objective: perfromance}',
      '1:21 tuning.objective: objective cannot be perfromance. Did you mean performance?',
    ],
    [
      'an unknown type in a list',
      'quantization: {model_wise: {weight: {dtype: [int8, int9]}}}',
      '1:45 quantization.model_wise.weight.dtype: dtype cannot be ["int8","int9"]. Did you mean int8?',
    ],
    [
      'two objectives too many',
      'tuning: {multi_objectives: {objective: [performance, modelsize], weight: [1, 2, 3]}}',
      '1:66 tuning.multi_objectives.weight: weight has 3 values for 2 objectives.',
    ],
    [
      'too few directions',
      'tuning: {multi_objectives: {objective: [performance, modelsize], higher_is_better: [false]}}',
      '1:66 tuning.multi_objectives.higher_is_better: higher_is_better has 1 value for 2 objectives.',
    ],
    [
      'weights without objectives',
      'tuning: {multi_objectives: {weight: [1]}}',
      '1:10 tuning.multi_objectives.objective: multi_objectives names no objective.',
    ],
    [
      'weights of objectives that are all 0',
      'tuning: {multi_objectives: {objective: performance, weight: 0}}',
      '1:53 tuning.multi_objectives.weight: With weights of 0',
    ],
    [
      'an objective twice',
      'tuning: {multi_objectives: {objective: [modelsize, modelsize]}}',
      '1:29 tuning.multi_objectives.objective: An objective is named twice.',
    ],
    [
      'objective and multi_objectives',
      'tuning: {objective: modelsize, multi_objectives: {objective: performance}}',
      '1:10 tuning.objective: tuning.objective says what tuning.multi_objectives says already.',
    ],
    [
      'a pattern that is none',
      'quantization: {op_wise: {"conv_(": {}}}',
      '1:26 quantization.op_wise.conv_(: This is not a regular expression: /conv_(/: Unterminated group.',
    ],
    [
      'a pattern that leaves its group',
      'quantization: {op_wise: {"a)(b": {}}}',
      '1:26 quantization.op_wise.a)(b: This is not a regular expression',
    ],
    [
      'an unknown op type',
      'quantization: {optype_wise: {Cnov: {}}}',
      '1:30 quantization.optype_wise.Cnov: ONNX Runtime has no op type "Cnov". Did you mean Conv?',
    ],
    [
      'op options as a list',
      'quantization: {op_wise: [a]}',
      '1:25 quantization.op_wise: op_wise cannot be ["a"]. Expected a map of names of nodes to options.',
    ],
    [
      'a wrong key of op options',
      'quantization: {op_wise: {a: {wieght: {}}}}',
      '1:30 quantization.op_wise.a.wieght: There is no key of a "wieght". Did you mean weight?',
    ],
    [
      'two tasks',
      `${calibrated}\nmixed_precision: {}`,
      '2:1 mixed_precision: quantization and mixed_precision are both there',
    ],
    [
      'a conversion of nothing',
      'mixed_precision: {precisions: fp32}',
      '1:19 mixed_precision.precisions: With fp32 alone nothing would be converted. Expected fp16 or bf16.',
    ],
    [
      'a conversion op without type',
      'mixed_precision: {op_wise: {a: {}}}',
      '1:29 mixed_precision.op_wise.a: No type is named for these ops.',
    ],
    [
      'a conversion op with two types',
      'mixed_precision: {op_wise: {a: {weight: {dtype: fp16}, activation: {dtype: fp32}}}}',
      '1:29 mixed_precision.op_wise.a: Weights and activations of an op have one type, not fp16 and fp32.',
    ],
    [
      'a format for dynamic quantization',
      'quantization: {approach: dynamic, quant_format: QDQ}',
      '1:35 quantization.quant_format: Dynamic quantization has a form of its own',
    ],
    [
      'a format against the framework',
      `${calibrated.slice(0, -1)}, quant_format: QDQ}\nmodel: {framework: onnxrt_qoperator}`,
      '1:67 quantization.quant_format: The framework onnxrt_qoperator means the format qoperator.',
    ],
    [
      'an approach against the framework',
      `${calibrated.slice(0, -1)}, approach: static}\nmodel: {framework: onnxrt_integerops}`,
      '1:67 quantization.approach: The framework onnxrt_integerops means dynamic quantization, but the approach is static.',
    ],
    [
      'two sampling sizes',
      'quantization: {calibration: {sampling_size: 5}, calibration_sampling_size: 6}',
      '1:49 quantization.calibration_sampling_size: quantization.calibration_sampling_size says what quantization.calibration.sampling_size says already.',
    ],
    [
      'a level against the strategy',
      'tuning: {strategy: mse, quant_level: 0}',
      '1:25 tuning.quant_level: quant_level 0 is the strategy conservative, but the strategy mse is named too.',
    ],
    [
      'alpha without SmoothQuant',
      'quantization: {recipes: {smooth_quant: false, smooth_quant_args: {alpha: 0.5}}}',
      '1:67 quantization.recipes.smooth_quant_args.alpha: smooth_quant is false: alpha has no effect.',
    ],
    [
      'an alpha above 1',
      'quantization: {recipes: {smooth_quant_args: {alpha: 1.5}}}',
      '1:53 quantization.recipes.smooth_quant_args.alpha: alpha cannot be 1.5.',
    ],
    [
      'an argument of another strategy',
      'tuning: {strategy: {name: mse, accuracy_weight: 2}}',
      '1:32 tuning.strategy.accuracy_weight: accuracy_weight is for tpe; mse does not look at it.',
    ],
    [
      'batches of another strategy',
      'tuning: {tuning_criterion: {strategy: basic, strategy_kwargs: {confidence_batches: 3}}}',
      '1:64 tuning.tuning_criterion.strategy_kwargs.confidence_batches: confidence_batches is for mse_v2 and hawq_v2; basic does not look at it.',
    ],
    [
      'a key in the wrong section',
      'tuning: {timeout: 5}',
      '1:10 tuning.timeout: There is no key of tuning "timeout". Expected it at tuning.exit_policy.timeout or tuning.tuning_criterion.timeout',
    ],
    [
      'an unknown key at the top',
      'quantisation: {}',
      '1:1 quantisation: There is no key "quantisation". Did you mean quantization?',
    ],
    ['a list', '- a', '1:1: The file does not describe a tuning.'],
    ['nothing', '', '1:1: The file does not describe a tuning.'],
  ])('%s', (_name, text, sentence) => expectProblem(text, sentence));

  it('are reported all at once, in the order of the text', () => {
    const found = problemsOf('device: gpu\nmodle: {}\ntuning: {random_seed: x, strategy: sigopt}\n').map((line) =>
      line.slice(0, line.indexOf(' ')),
    );
    expect(found).toEqual([
      'config.yaml:1:1',
      'config.yaml:1:9',
      'config.yaml:2:1',
      'config.yaml:3:23',
      'config.yaml:3:36',
    ]);
  });
});
