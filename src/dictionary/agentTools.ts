// The tools that language models may use, in the editor and over MCP: names, what they do, what they are given, as data.

/** JSON Schema of what a tool is given, in the words that both doors pass on. */
export interface AgentInputSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
}

export interface AgentToolEntry {
  /** `verb_noun`. */
  readonly name: AgentToolName;
  /** For people. */
  readonly title: string;
  /** For people, one line. */
  readonly summary: string;
  /** For the model: when to use it, what comes back. */
  readonly description: string;
  readonly inputSchema: AgentInputSchema;
  /** It begins something that takes time and makes files: a person is asked first. */
  readonly isStarting: boolean;
}

export type AgentToolName = 'inspect_model' | 'validate_config' | 'start_tuning' | 'get_run' | 'compare_runs';

const runId = 'Id of a run, as start_tuning and get_run give it, such as "runs/2026-11-20T19-31-05-tune".';

export const agentTools: readonly AgentToolEntry[] = [
  {
    name: 'inspect_model',
    title: 'Inspect model',
    summary: 'Shows what an ONNX model is made of and what of it can be quantized.',
    description:
      'Reads an ONNX model (also a frozen TensorFlow .pb or OpenVINO .xml) without running it. Answers with size, opset, ' +
      'inputs and outputs with shapes, operator counts, parameters, whether it is quantized already, which operators can ' +
      'be quantized statically and dynamically, and warnings. Use it before writing a tuning config.',
    inputSchema: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Path of the model, relative to the workspace or absolute.' },
      },
      required: ['path'],
      additionalProperties: false,
    },
    isStarting: false,
  },
  {
    name: 'validate_config',
    title: 'Validate config',
    summary: 'Checks a tuning config and lists every mistake with its line.',
    description:
      'Checks a tuning config (config.yaml) as a tuning would: names, values, model and data files. Give either the path ' +
      'of a file, or the text of one that is not saved yet. Answers that it is valid, or with each mistake as ' +
      'line:column, key, sentence and the nearest right name.',
    inputSchema: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Path of the config. With text: where it would lie.' },
        text: { type: 'string', description: 'The YAML itself, instead of the file.' },
      },
      required: ['path'],
      additionalProperties: false,
    },
    isStarting: false,
  },
  {
    name: 'start_tuning',
    title: 'Start tuning',
    summary: 'Starts a search for the fastest 8-bit form of a model that keeps its accuracy goal.',
    description:
      'Puts a tuning into the queue of the bench and answers at once with the id of its run; it takes from seconds to ' +
      'hours. Give either the path of a valid config, or the id of an optimization of the bench. Follow it with get_run. ' +
      'Writes only into a folder of its own under .compressor-bench; nothing is overwritten.',
    inputSchema: {
      type: 'object',
      properties: {
        config_path: { type: 'string', description: 'Path of a tuning config, relative to the workspace or absolute.' },
        optimization_id: { type: 'integer', minimum: 1, description: 'Id of an optimization of the bench.' },
      },
      additionalProperties: false,
    },
    isStarting: true,
  },
  {
    name: 'get_run',
    title: 'Get run',
    summary: 'Shows the state of a run: progress with time left, trials so far, or its result.',
    description:
      'Without run_id: lists the optimizations of the bench and the runs that wait, are under way or ended lately. With ' +
      'run_id: its state (waiting, running, succeeded, failed or cancelled), progress with time left, the trials of a ' +
      'tuning so far with accuracy and speed, the result with the path of the model, or why it failed and what to do next.',
    inputSchema: {
      type: 'object',
      properties: { run_id: { type: 'string', description: runId } },
      additionalProperties: false,
    },
    isStarting: false,
  },
  {
    name: 'compare_runs',
    title: 'Compare runs',
    summary: 'Puts the results of several runs side by side.',
    description:
      'Compares runs that succeeded: accuracy, latency, throughput, size and speedup, with what keeps a comparison from ' +
      'being fair (other machine, threads, samples).',
    inputSchema: {
      type: 'object',
      properties: {
        run_ids: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 8, description: runId },
      },
      required: ['run_ids'],
      additionalProperties: false,
    },
    isStarting: false,
  },
];
