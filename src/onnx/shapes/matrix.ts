// Shape rules of matrix products: MatMul, Gemm, their integer and contrib forms, Einsum, attention.
import { DataType } from '../dataTypes';
import { broadcast, onNumbers, product, sum, unknownDims } from './dims';
import type { Dim, Dims } from './dims';
import { one } from './rule';
import type { Inferred, Rule, RuleInputs, RuleTable } from './rule';

/** numpy's matmul: the last two axes multiply, the ones before broadcast; a vector counts as a matrix and is dropped. */
function matMulDims(left: Dims | undefined, right: Dims | undefined): Dims | undefined {
  if (left === undefined || right === undefined || left.length === 0 || right.length === 0) return undefined;
  const batch = broadcast([left.slice(0, -2), right.slice(0, -2)]);
  if (batch === undefined) return undefined;
  const rows = left.length > 1 ? [left.at(-2) ?? null] : [];
  const columns = right.length > 1 ? [right.at(-1) ?? null] : [];
  return [...batch, ...rows, ...columns];
}

function matMul(rightIndex: number, outputType: (inputs: RuleInputs) => number): Rule {
  return (inputs) => one(outputType(inputs), matMulDims(inputs.dims(0), inputs.dims(rightIndex)));
}

/** Rows of A by columns of B, each after its transposition. */
function gemmDims(inputs: RuleInputs, rightIndex: number): Dims {
  const rows = inputs.dim(0, inputs.int('transA', 0) === 0 ? 0 : 1);
  return [rows, inputs.dim(rightIndex, inputs.int('transB', 0) === 0 ? 1 : 0)];
}

/** com.microsoft:FusedMatMul transposes either side first. */
const fusedMatMul: Rule = (inputs) => {
  const swapped = (index: number, attribute: string): Dims | undefined => {
    const dims = inputs.dims(index);
    if (dims === undefined || dims.length < 2 || inputs.int(attribute, 0) === 0) return dims;
    return [...dims.slice(0, -2), dims.at(-1) ?? null, dims.at(-2) ?? null];
  };
  const plain = inputs.int('transBatchA', 0) === 0 && inputs.int('transBatchB', 0) === 0;
  return one(inputs.type(0), plain ? matMulDims(swapped(0, 'transA'), swapped(1, 'transB')) : undefined);
};

/** Weight-only products know their width from an attribute (com.microsoft:MatMulNBits). */
const matMulNBits: Rule = (inputs) => {
  const dims = inputs.dims(0);
  return one(inputs.type(0), dims && [...dims.slice(0, -1), inputs.int('N', 0)]);
};

/** Sizes are collected letter by letter; what an ellipsis stands for broadcasts. */
const einsum: Rule = (inputs) => {
  const [left = '', right] = inputs.text('equation').replaceAll(' ', '').replaceAll('...', ellipsis).split('->');
  const terms = left.split(',');
  const sizes = new Map<string, Dim>();
  const covered: (Dims | undefined)[] = [];
  terms.forEach((term, index) => {
    const dims = inputs.dims(index);
    const letters = Array.from(term);
    const at = letters.indexOf(ellipsis);
    // Axes behind the ellipsis are counted from the end.
    const behind = at < 0 ? 0 : letters.length - at - 1;
    if (at >= 0) covered.push(dims?.slice(at, dims.length - behind));
    letters.forEach((letter, position) => {
      if (letter === ellipsis) return;
      const known = sizes.get(letter) ?? null;
      const size = dims?.at(at >= 0 && position > at ? position - letters.length : position) ?? null;
      if (typeof known !== 'number' || known === 1) sizes.set(letter, size ?? known);
    });
  });
  const spread = broadcast(covered);
  const output = right === undefined ? implicitOutput(terms) : Array.from(right);
  if (spread === undefined && output.includes(ellipsis)) return one(inputs.type(0));
  const dims = output.flatMap((letter) => (letter === ellipsis ? (spread ?? []) : [sizes.get(letter) ?? null]));
  return one(inputs.type(0), dims);
};

/** Stands for the three dots of an equation. */
const ellipsis = '\u2026';

/** The ellipsis, then letters that occur once, in alphabetical order. */
function implicitOutput(terms: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const letter of terms.join('')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const front = counts.delete(ellipsis) ? [ellipsis] : [];
  return [...front, ...[...counts].flatMap(([letter, count]) => (count === 1 ? [letter] : [])).sort()];
}

/**
 * ai.onnx Attention (opset 23): query, key, value, mask, past key, past value, as [batch, heads, length, width] or with
 * the heads folded into the width. Outputs: result, present key, present value, scores.
 */
const standardAttention: Rule = (inputs) => {
  const isFolded = inputs.dims(0)?.length === 3;
  const queryHeads = isFolded ? inputs.int('q_num_heads', 1) : inputs.dim(0, 1);
  const heads = isFolded ? inputs.int('kv_num_heads', 1) : inputs.dim(1, 1);
  const width = (index: number): Dim =>
    isFolded ? onNumbers((all, count) => all / count, inputs.dim(index, 2), heads) : inputs.dim(index, 3);
  const [batch, length] = [inputs.dim(0, 0), inputs.dim(0, -2)];
  const total = inputs.has(4) ? sum([inputs.dim(4, 2), inputs.dim(1, -2)]) : inputs.dim(1, -2);
  const result = isFolded ? [batch, length, product([queryHeads, width(2)])] : [batch, queryHeads, length, width(2)];
  return [
    result,
    [batch, heads, total, width(1)],
    [batch, heads, total, width(2)],
    [batch, queryHeads, length, total],
  ].map((dims) => ({ dataType: inputs.type(0), dims: inputs.dims(0) && dims }));
};

/** com.microsoft:Attention: the weight holds query, key and value side by side; `qkv_hidden_sizes` names their widths. */
const attention: Rule = (inputs) => {
  const weightWidth = inputs.dim(1, 1);
  const widths = inputs.ints('qkv_hidden_sizes');
  const width = widths === undefined ? onNumbers((size) => size / 3, weightWidth) : (widths[2] ?? null);
  const present: Inferred = { dataType: inputs.type(0), dims: unknownDims(5) };
  return [{ dataType: inputs.type(0), dims: [inputs.dim(0, 0), inputs.dim(0, 1), width] }, present];
};

/** com.microsoft:QAttention answers in the type of its float scale. */
const qAttention: Rule = (inputs) => {
  const width = onNumbers((size) => size / 3, inputs.dim(1, 1));
  return one(inputs.type(3), [inputs.dim(0, 0), inputs.dim(0, 1), width]);
};

/** com.microsoft:MultiHeadAttention: as long as the query, as wide as the value. */
const multiHeadAttention: Rule = (inputs) => {
  const dims = inputs.dims(0);
  if (dims?.length !== 3) return one(inputs.type(0));
  return one(inputs.type(0), [dims[0] ?? null, dims[1] ?? null, inputs.dim(inputs.has(2) ? 2 : 0, 2)]);
};

/** Word ids to embeddings, and the index of each row's last token (com.microsoft). */
function embedding(outputType: (inputs: RuleInputs) => number): Rule {
  return (inputs) => {
    const [batch, length] = [inputs.dim(0, 0), inputs.dim(0, 1)];
    const embedded: Inferred = { dataType: outputType(inputs), dims: [batch, length, inputs.dim(2, 1)] };
    return [embedded, { dataType: DataType.int32, dims: [batch] }, embedded];
  };
}

const firstType = (inputs: RuleInputs): number => inputs.type(0);
const gemm: Rule = (inputs) => one(inputs.type(0), gemmDims(inputs, 1));
const qlinearMatMul = matMul(3, (inputs) => inputs.type(7));

export const matrixRules: RuleTable = {
  MatMul: matMul(1, firstType),
  MatMulInteger: matMul(1, () => DataType.int32),
  'com.microsoft:MatMulInteger16': matMul(1, () => DataType.int32),
  'com.microsoft:MatMulIntegerToFloat': matMul(1, (inputs) => inputs.type(2)),
  'com.microsoft:DynamicQuantizeMatMul': matMul(1, firstType),
  QLinearMatMul: qlinearMatMul,
  'com.microsoft:QLinearMatMul': qlinearMatMul,
  'com.microsoft:FusedMatMul': fusedMatMul,
  'com.microsoft:MatMulNBits': matMulNBits,
  'com.microsoft:MatMulBnb4': matMulNBits,
  Gemm: gemm,
  'com.microsoft:FusedGemm': gemm,
  // Without an output scale QGemm answers in float.
  'com.microsoft:QGemm': (inputs) => one(inputs.has(7) ? inputs.type(0) : DataType.float32, gemmDims(inputs, 3)),
  Einsum: einsum,
  Attention: standardAttention,
  'com.microsoft:Attention': attention,
  'com.microsoft:QAttention': qAttention,
  'com.microsoft:MultiHeadAttention': multiHeadAttention,
  'com.microsoft:EmbedLayerNormalization': embedding((inputs) => inputs.type(2)),
  'com.microsoft:QEmbedLayerNormalization': embedding(() => DataType.float32),
};
