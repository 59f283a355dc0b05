// The engine's error texts, as it really gives them, turned into sentences.
import { describe, expect, it } from 'vitest';
import { engineReason, failedNode } from '../../src/runtime/engineReason';

const path = '/home/me/models/model.onnx';

describe('engineReason', () => {
  it.each([
    [
      `Load model from ${path} failed:Fatal error: com.example:FancyOp(-1) is not a registered function/op`,
      'com.example:FancyOp(-1) is not a registered function/op.',
    ],
    [
      `Load model from ${path} failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:187 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&, const onnxruntime::IOnnxRuntimeOpSchemaRegistryList*, const onnxruntime::logging::Logger&, const onnxruntime::ModelOptions&) ModelProto does not have a graph.\n`,
      'ModelProto does not have a graph.',
    ],
    [
      'Exception during initialization: /onnxruntime_src/onnxruntime/core/providers/cpu/text/string_normalizer.cc:235 onnxruntime::StringNormalizer::Locale::Locale(const std::string&)::<lambda()> Failed to construct locale with name:en_US.UTF-8',
      'Failed to construct locale with name:en_US.UTF-8.',
    ],
    [
      'External data path validation failed for initializer: w. Error: tensorprotoutils.cc:461 ValidateExternalDataPathFromDir External data path does not exist: "/home/me/models/no_such_file.bin"',
      'External data path validation failed for initializer: w. Error: External data path does not exist: "no_such_file.bin".',
    ],
    [
      "Non-zero status code returned while running Add node. Name:'a1' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:359 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 6400000000",
      'Failed to allocate memory for requested buffer of size 6400000000.',
    ],
    [
      'Got invalid dimensions for input: x for the following indices\n index: 1 Got: 4 Expected: 8\n Please fix either the inputs/outputs or the model.',
      'Got invalid dimensions for input: x for the following indices index: 1 Got: 4 Expected: 8 Please fix either the inputs/outputs or the model.',
    ],
    ['', 'it gives no reason.'],
  ])('%s', (text, reason) => {
    expect(engineReason(new Error(text), path)).toBe(reason);
  });

  it('stays short', () => {
    expect(engineReason(new Error('x'.repeat(10_000))).length).toBeLessThan(500);
  });
});

describe('failedNode', () => {
  it('names the node an error is about', () => {
    const message = "Non-zero status code returned while running Add node. Name:'/block/Add' Status Message: no";
    expect(failedNode(new Error(message))).toBe('node "/block/Add" (Add)');
    expect(failedNode(new Error(message.replace('/block/Add', '')))).toBe('a node of type Add');
    expect(failedNode(new Error('Invalid rank for input: x'))).toBeUndefined();
  });
});
