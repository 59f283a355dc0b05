// Why a quantized model is not faster: each reason provoked by a model made for it, with times the test decides.
import { describe, expect, it } from 'vitest';
import { explainSpeed } from '../../src/diagnosis/explainSpeed';
import type { SpeedExplanation } from '../../src/diagnosis/explainSpeed';
import { matchOps } from '../../src/onnx/matching/matchOps';
import { mainOpOf } from '../../src/diagnosis/opTimes';
import type { OnnxModel } from '../../src/onnx/readModel';
import type { SpeedFinding, SpeedFindingCode } from '../../src/protocol/diagnosis';
import type { NodeTime } from '../../src/runtime/trace';
import { floatTensor, node, smallModel } from '../quantization/rewritingModels';
import { convModel, profiled, quantized, quantizedDynamically } from './comparedModels';

interface Circumstances {
  readonly cpuFlags?: readonly string[];
  readonly architecture?: string;
  readonly floatUs?: (time: NodeTime) => number;
  readonly int8Us?: (time: NodeTime) => number;
  /** Wall time of an inference of the quantized model as a multiple of the time of its nodes. */
  readonly wallFactor?: number;
}

async function explained(float: OnnxModel, int8: OnnxModel, changes: Circumstances = {}): Promise<SpeedExplanation> {
  const { cpuFlags = ['avx2', 'avx512_vnni'], architecture = 'x64', floatUs, int8Us, wallFactor = 1 } = changes;
  const quick = await profiled(int8, int8Us);
  const profile = { ...quick.profile, wallUs: quick.profile.wallUs * wallFactor };
  return explainSpeed({
    matched: matchOps(float.graph, int8.graph),
    float: await profiled(float, floatUs),
    int8: { ...quick, profile },
    cpuFlags,
    architecture,
  });
}

function found({ findings }: SpeedExplanation, code: SpeedFindingCode): SpeedFinding | undefined {
  return findings.find((finding) => finding.code === code);
}

const float = convModel();

/** MatMul → Erf → MatMul: the engine has no 8-bit Erf. */
const erfModel = smallModel({
  nodes: [node('MatMul', ['x', 'w1'], 'm'), node('Erf', ['m'], 'e'), node('MatMul', ['e', 'w2'], 'y')],
  inputs: { x: [4, 16] },
  outputs: ['y'],
  initializers: [floatTensor('w1', [16, 16], 1), floatTensor('w2', [16, 16], 2)],
});

describe('a model that merged well', () => {
  it('gives no reason but its borders', async () => {
    const explanation = await explained(float, quantized(float), { int8Us: isConversion(0.1, 10), floatUs: () => 50 });
    expect(explanation.findings.map(({ code }) => code).filter((code) => code !== 'layout')).toEqual([]);
  });

  it('has its times at the operators of the float model', async () => {
    const { times } = await explained(float, quantized(float));
    const computing = times.int8Kernels.filter(({ kind }) => kind === 'compute');
    expect(computing.map((kernel) => mainOpOf(kernel)?.node)).toEqual(['make c1', 'make y']);
    expect(times.groups.map(({ ops, floatUs, int8Us }) => [ops.map((op) => op.node), floatUs, int8Us])).toEqual([
      [['make c1'], expect.any(Number), 10],
      [['make y'], expect.any(Number), 10],
    ]);
  });
});

const isConversion =
  (conversionUs: number, otherUs: number) =>
  ({ opType }: NodeTime): number =>
    /(Quantize|Dequantize)Linear|Transpose/.test(opType) ? conversionUs : otherUs;

/** Every door has a config. */
const keptFloat = '(in config.yaml op_wise: {NODE: {activation: {dtype: [fp32]}}}).';

describe('reasons', () => {
  it('are operators left float, and the pairs around them that could not merge', async () => {
    const explanation = await explained(erfModel, quantized(erfModel));
    expect(found(explanation, 'float-ops')).toMatchObject({
      ops: ['make e'],
      message: expect.stringMatching(
        /^1 operator \(Erf\) computes on floating-point numbers: 14 % of the time/,
      ) as string,
    });
    const pairs = found(explanation, 'unfused-pairs');
    expect(pairs?.ops).toEqual(['make e']);
    expect(pairs?.shareOfTime).toBeCloseTo(2 / 7, 6);
    expect(pairs?.message).toContain('Erf');
    expect(pairs?.message).toContain(keptFloat);
  });

  it('are conversions at the borders where they weigh', async () => {
    const explanation = await explained(float, quantized(float), { int8Us: isConversion(40, 10) });
    expect(found(explanation, 'conversions')?.message).toMatch(/^2 conversions .* of the time/);
    expect(found(explanation, 'unfused-pairs')).toBeUndefined();
  });

  it('are integer operators that quantize activations while they run', async () => {
    const dynamic = await explained(erfModel, quantizedDynamically(erfModel));
    expect(found(dynamic, 'dynamic-integer')?.ops).toEqual(['make m', 'make y']);
    expect(found(dynamic, 'dynamic-integer')?.message).toContain('(in config.yaml approach: static)');
  });

  it('are signed activations on x86, and only there', async () => {
    const signed = quantized(float, { format: 'qoperator', activationType: 'int8' });
    expect(found(await explained(float, signed), 'signed-activations')?.ops).toEqual(['make c1', 'make y']);
    const elsewhere = { architecture: 'arm64', cpuFlags: ['asimddp'] };
    expect(found(await explained(float, signed, elsewhere), 'signed-activations')).toBeUndefined();
    expect(found(await explained(float, quantized(float)), 'signed-activations')).toBeUndefined();
  });

  it('are unsigned weights on x86', async () => {
    const unsigned = quantized(float, { format: 'qoperator', weightType: 'uint8' });
    expect(found(await explained(float, unsigned), 'unsigned-weights')?.ops).toEqual(['make c1', 'make y']);
    expect(found(await explained(float, quantized(float)), 'unsigned-weights')).toBeUndefined();
  });

  it.each([
    ['x64', ['avx2'], /no VNNI/],
    ['arm64', ['asimd'], /no dot-product/],
  ] as const)('are instructions that a processor (%s) lacks', async (architecture, cpuFlags, sentence) => {
    const finding = found(await explained(float, quantized(float), { architecture, cpuFlags }), 'cpu-instructions');
    expect(finding?.message).toMatch(sentence);
    expect(finding?.shareOfTime).toBeNull();
  });

  it('are not looked for in a processor that does not tell', async () => {
    expect(found(await explained(float, quantized(float), { cpuFlags: [] }), 'cpu-instructions')).toBeUndefined();
  });

  it('are operators that take longer in 8 bits', async () => {
    const explanation = await explained(float, quantized(float), {
      floatUs: () => 10,
      int8Us: ({ node: name }) => (name.startsWith('make y') ? 50 : 8),
    });
    const finding = found(explanation, 'slower-ops');
    expect(finding?.ops).toEqual(['make y']);
    expect(finding?.message).toMatch(/^1 operator takes longer .*: make y 10 → 50 µs\. Keep it float \(/);
    expect(finding?.message).toContain(keptFloat);
  });

  it('are the calls themselves when a model is tiny', async () => {
    expect(found(await explained(float, quantized(float), { wallFactor: 2 }), 'overhead')?.shareOfTime).toBe(0.5);
    expect(found(await explained(float, quantized(float)), 'overhead')).toBeUndefined();
  });

  it('are worded for every door: no words of the command line', async () => {
    const all = await Promise.all([
      explained(erfModel, quantized(erfModel)),
      explained(erfModel, quantizedDynamically(erfModel)),
      explained(float, quantized(float, { format: 'qoperator', activationType: 'int8' })),
      explained(float, quantized(float, { format: 'qoperator', weightType: 'uint8' })),
    ]);
    const findings = all.flatMap((explanation) => explanation.findings);
    expect(new Set(findings.map(({ code }) => code)).size).toBeGreaterThan(3);
    for (const { message } of findings) expect(message).not.toMatch(/--[a-z]/);
  });

  it('come with what costs most first', async () => {
    const { findings } = await explained(erfModel, quantized(erfModel));
    const shares = findings.map(({ shareOfTime }) => shareOfTime ?? 0);
    expect(shares).toEqual([...shares].sort((one, other) => other - one));
    expect(shares.length).toBeGreaterThan(1);
  });
});
