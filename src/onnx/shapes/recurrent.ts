// Shape rules of recurrent layers: LSTM, GRU, RNN and the dynamically quantized LSTM.
import { onNumbers } from './dims';
import { one } from './rule';
import type { Inferred, Rule, RuleInputs, RuleTable } from './rule';

/**
 * Outputs: all steps [sequence, directions, batch, hidden], then the last state(s) [directions, batch, hidden]; with
 * `layout` 1 the batch comes first.
 */
function recurrent(states: number): Rule {
  return (inputs) => {
    const batchFirst = inputs.int('layout', 0) === 1;
    const sequence = inputs.dim(0, batchFirst ? 1 : 0);
    const batch = inputs.dim(0, batchFirst ? 0 : 1);
    const directions = inputs.text('direction', 'forward') === 'bidirectional' ? 2 : 1;
    const hidden = inputs.attribute('hidden_size') === undefined ? hiddenSize(inputs) : inputs.int('hidden_size', 0);
    const all = batchFirst ? [batch, sequence, directions, hidden] : [sequence, directions, batch, hidden];
    const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
    const state: Inferred = { dataType: inputs.type(0), dims: last };
    return [...one(inputs.type(0), all), ...new Array<Inferred>(states).fill(state)];
  };
}

/** The recurrent weight is [directions, gates · hidden, hidden]. */
function hiddenSize(inputs: RuleInputs): number | string | null {
  return onNumbers((size) => size, inputs.dim(2, 2));
}

export const recurrentRules: RuleTable = {
  LSTM: recurrent(2),
  GRU: recurrent(1),
  RNN: recurrent(1),
  'com.microsoft:DynamicQuantizeLSTM': recurrent(2),
};
